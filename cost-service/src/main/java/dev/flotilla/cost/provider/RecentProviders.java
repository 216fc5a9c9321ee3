package dev.flotilla.cost.provider;

import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.cost.provider.ProviderFigures.LastError;
import dev.flotilla.cost.provider.ProviderFigures.Latency;
import dev.flotilla.cost.provider.ProviderFigures.Recent;
import dev.flotilla.kit.postgres.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts what attempts and decisions of the last hour say of providers. Thread-safe. */
@ApplicationScoped
class RecentProviders {
  private static final String WINDOW = "interval '1 hour'";
  private static final String SHORT = "interval '5 minutes'";

  /** What its caller got wrong or gave up is no provider's doing. */
  private static final String ATTEMPTS =
      """
      select provider,
          count(*) filter (where started_at > now() - %2$s) as recent,
          count(*) as hour,
          count(*) filter (where started_at > now() - %2$s and outcome = any (?)) as recent_errors,
          count(*) filter (where outcome = any (?)) as hour_errors,
          percentile_disc(array[0.5, 0.95]) within group
              (order by round(extract(epoch from ended_at - started_at) * 1000)::bigint)
              filter (where outcome = 'ok' and ended_at is not null) as latency
      from attempt
      where started_at > now() - %1$s and outcome is not null and outcome <> all (?) and origin <> 'correction'
      group by provider"""
          .formatted(WINDOW, SHORT);

  private static final String LAST_ERRORS =
      """
      select distinct on (provider) provider, coalesce(ended_at, started_at) as at, outcome, model, request_id
      from attempt
      where started_at > now() - %s and outcome = any (?)
      order by provider, coalesce(ended_at, started_at) desc"""
          .formatted(WINDOW);

  /** A provider was asked for an answer if it gave it, or was left for a failure of its own. */
  private static final String ANSWERS =
      """
      with answered as (
          select team, request_id, started_at, provider, hops from decision
          where started_at > now() - %1$s and model is not null and cache <> 'hit'),
      asked as (
          select team, request_id, started_at, provider, null as reason, 0 as place from answered
          union all
          select team, request_id, started_at, split_part(hop ->> 'from', '/', 1), hop ->> 'reason', place
          from answered, jsonb_array_elements(hops) with ordinality as hops (hop, place)
          where hop ->> 'reason' = any (?)),
      once as (
          select team, request_id, started_at, provider,
              (array_agg(reason order by place) filter (where reason is not null))[1] as reason
          from asked group by team, request_id, started_at, provider)
      select provider, reason, count(*) filter (where started_at > now() - %2$s) as recent, count(*) as hour
      from once group by provider, reason"""
          .formatted(WINDOW, SHORT);

  /** The same rate as the alert's: answers that needed a fallback for any provider's reason. */
  private static final String FLEET =
      """
      select count(*) filter (where started_at > now() - %2$s) as recent, count(*) as hour,
          count(*) filter (where started_at > now() - %2$s and fallback_reason = any (?) and model is not null) as recent_fallbacks,
          count(*) filter (where fallback_reason = any (?) and model is not null) as hour_fallbacks
      from decision where started_at > now() - %1$s and outcome <> 'client_error'"""
          .formatted(WINDOW, SHORT);

  /** Of an attempt: a circuit that is open makes none. */
  private static final List<String> FAILURES =
      Outcomes.PROVIDER_REASONS.stream().filter(r -> !r.equals(Outcomes.CIRCUIT_OPEN)).toList();

  private static final List<String> NO_VERDICT =
      List.of(Outcomes.REJECTED, Outcomes.ABANDONED, Outcomes.SHED, Outcomes.BUDGET);

  private final Database database;

  @Inject
  RecentProviders(Database database) {
    this.database = database;
  }

  /**
   * All replicas' last hour.
   *
   * @param providers by name; who was not asked within the hour is not among them
   */
  record Report(Recent answers, Recent fallbacks, List<ProviderFigures> providers) {}

  Report report() {
    return database.inTransaction(
        connection -> {
          Map<String, Attempts> attempts = attempts(connection);
          Map<String, LastError> errors = lastErrors(connection);
          Map<String, Answers> answers = answers(connection);
          var names = new TreeMap<String, Boolean>();
          attempts.keySet().forEach(name -> names.put(name, true));
          answers.keySet().forEach(name -> names.put(name, true));
          var providers = new ArrayList<ProviderFigures>();
          for (String name : names.keySet()) {
            Attempts called = attempts.getOrDefault(name, Attempts.NONE);
            Answers given = answers.getOrDefault(name, Answers.NONE);
            providers.add(
                new ProviderFigures(
                    name,
                    given.asked(),
                    given.left(),
                    given.reasons(),
                    called.all(),
                    called.failed(),
                    called.latency(),
                    errors.get(name)));
          }
          return fleet(connection, providers);
        });
  }

  private record Attempts(Recent all, Recent failed, @Nullable Latency latency) {
    static final Attempts NONE = new Attempts(Recent.NONE, Recent.NONE, null);
  }

  private record Answers(Recent asked, Recent left, Map<String, Long> reasons) {
    static final Answers NONE = new Answers(Recent.NONE, Recent.NONE, Map.of());

    Answers and(@Nullable String reason, Recent more) {
      var all = new TreeMap<>(reasons);
      if (reason != null) {
        all.merge(reason, more.hour(), Long::sum);
      }
      return new Answers(
          sum(asked, more), reason == null ? left : sum(left, more), Map.copyOf(all));
    }

    private static Recent sum(Recent a, Recent b) {
      return new Recent(a.fiveMinutes() + b.fiveMinutes(), a.hour() + b.hour());
    }
  }

  private static Map<String, Attempts> attempts(Connection connection) throws SQLException {
    var read = new TreeMap<String, Attempts>();
    try (PreparedStatement statement = connection.prepareStatement(ATTEMPTS)) {
      set(statement, 1, FAILURES);
      set(statement, 2, FAILURES);
      set(statement, 3, NO_VERDICT);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          var latency = rows.getArray("latency");
          var millis = latency == null ? null : (Number[]) latency.getArray();
          read.put(
              rows.getString("provider"),
              new Attempts(
                  recent(rows, "recent", "hour"),
                  recent(rows, "recent_errors", "hour_errors"),
                  millis == null || millis[0] == null
                      ? null
                      : new Latency(millis[0].longValue(), millis[1].longValue())));
        }
      }
    }
    return read;
  }

  private static Map<String, LastError> lastErrors(Connection connection) throws SQLException {
    var read = new TreeMap<String, LastError>();
    try (PreparedStatement statement = connection.prepareStatement(LAST_ERRORS)) {
      set(statement, 1, FAILURES);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          read.put(
              rows.getString("provider"),
              new LastError(
                  rows.getTimestamp("at").toInstant(),
                  rows.getString("outcome"),
                  rows.getString("model"),
                  rows.getString("request_id")));
        }
      }
    }
    return read;
  }

  private static Map<String, Answers> answers(Connection connection) throws SQLException {
    var read = new TreeMap<String, Answers>();
    try (PreparedStatement statement = connection.prepareStatement(ANSWERS)) {
      set(statement, 1, Outcomes.PROVIDER_REASONS);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String provider = rows.getString("provider");
          Answers before = Objects.requireNonNullElse(read.get(provider), Answers.NONE);
          read.put(provider, before.and(rows.getString("reason"), recent(rows, "recent", "hour")));
        }
      }
    }
    return read;
  }

  private static Report fleet(Connection connection, List<ProviderFigures> providers)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FLEET)) {
      set(statement, 1, Outcomes.PROVIDER_REASONS);
      set(statement, 2, Outcomes.PROVIDER_REASONS);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new Report(
            recent(row, "recent", "hour"),
            recent(row, "recent_fallbacks", "hour_fallbacks"),
            List.copyOf(providers));
      }
    }
  }

  private static Recent recent(ResultSet row, String fiveMinutes, String hour) throws SQLException {
    return new Recent(row.getLong(fiveMinutes), row.getLong(hour));
  }

  private static void set(PreparedStatement statement, int place, List<String> words)
      throws SQLException {
    statement.setArray(place, statement.getConnection().createArrayOf("text", words.toArray()));
  }
}
