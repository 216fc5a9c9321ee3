package dev.flotilla.cost.request;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.catalog.Money;
import dev.flotilla.contracts.decision.DecisionSignal;
import dev.flotilla.cost.request.RequestStory.Attempt;
import dev.flotilla.cost.row.UsageColumns;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.postgres.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts decision and attempts of a request together. Thread-safe. */
@ApplicationScoped
class RequestHistory {
  // Two teams may have chosen the same id; whoever sees all teams gets the younger request.
  private static final String TEAM =
      """
      select team from (
          select team, started_at from decision where request_id = ? and (?::text is null or team = ?)
          union all
          select team, started_at from attempt where request_id = ? and (?::text is null or team = ?)) known
      order by started_at desc limit 1""";

  private static final String DECISION = "select * from decision where request_id = ? and team = ?";

  private static final String ATTEMPTS =
      "select * from attempt where request_id = ? and team = ? order by started_at, attempt_id";

  private static final String OBJECT = "request";
  private static final int TRACE_ID_AT = "00-".length();
  private static final int TRACE_ID_LENGTH = 32;

  private final Database database;

  @Inject
  RequestHistory(Database database) {
    this.database = database;
  }

  /**
   * What is known of a request; empty when that is nothing.
   *
   * @param onlyTeam whose request it must be; null for anybody's
   */
  Optional<RequestStory> of(String id, @Nullable String onlyTeam) {
    return database.inTransaction(
        connection -> {
          String team = team(connection, id, onlyTeam);
          return team == null ? Optional.empty() : Optional.of(story(connection, id, team));
        });
  }

  private static @Nullable String team(Connection connection, String id, @Nullable String onlyTeam)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(TEAM)) {
      for (int table = 0; table < 2; table++) {
        statement.setString(table * 3 + 1, id);
        statement.setString(table * 3 + 2, onlyTeam);
        statement.setString(table * 3 + 3, onlyTeam);
      }
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getString(1) : null;
      }
    }
  }

  private static RequestStory story(Connection connection, String id, String team)
      throws SQLException {
    List<Attempt> attempts = rows(connection, ATTEMPTS, id, team, RequestHistory::attempt);
    List<RequestStory> decided =
        rows(connection, DECISION, id, team, row -> decided(row, attempts));
    return decided.isEmpty()
        ? rows(connection, ATTEMPTS, id, team, row -> undecided(row, attempts)).getFirst()
        : decided.getFirst();
  }

  /** Reads one row. */
  @FunctionalInterface
  private interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private static <T> List<T> rows(
      Connection connection, String sql, String id, String team, Reader<T> reader)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, id);
      statement.setString(2, team);
      List<T> read = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          read.add(reader.read(rows));
        }
      }
      return read;
    }
  }

  private static Attempt attempt(ResultSet row) throws SQLException {
    Instant started = row.getTimestamp("started_at").toInstant();
    Timestamp ended = row.getTimestamp("ended_at");
    Long nanos = row.getObject("cost_nanos", Long.class);
    return new Attempt(
        row.getString("attempt_id"),
        row.getString("provider"),
        row.getString("model"),
        row.getString("served_model"),
        row.getString("origin"),
        row.getString("state"),
        row.getString("outcome"),
        row.getString("finish_reason"),
        started,
        ended == null ? null : Duration.between(started, ended.toInstant()).toMillis(),
        UsageColumns.counts(UsageColumns.read(row)),
        nanos == null ? null : Money.usd(nanos),
        nanos,
        row.getLong("floor_nanos"),
        row.getLong("ceiling_nanos"),
        row.getString("price_version"),
        row.getString("price_check"));
  }

  private static RequestStory decided(ResultSet row, List<Attempt> attempts) throws SQLException {
    return new RequestStory(
        OBJECT,
        row.getString("request_id"),
        row.getTimestamp("started_at").toInstant(),
        row.getString("team"),
        row.getString("key_id"),
        row.getString("project"),
        true,
        row.getString("task_type"),
        row.getObject("confidence", Double.class),
        row.getString("decided_by"),
        texts(row.getString("matched_rules")),
        signals(row.getString("signals")),
        row.getString("cache"),
        row.getString("model"),
        row.getBoolean("simulated"),
        row.getLong("fallback_count"),
        row.getString("fallback_reason"),
        row.getString("outcome"),
        row.getLong("status"),
        row.getBoolean("stream"),
        row.getLong("overhead_ms"),
        row.getLong("duration_ms"),
        row.getString("trace_id"),
        row.getString("baseline_model"),
        UsageColumns.counts(UsageColumns.read(row)),
        attempts,
        RequestStory.Cost.of(attempts));
  }

  /** What the first attempt alone can tell. */
  private static RequestStory undecided(ResultSet first, List<Attempt> attempts)
      throws SQLException {
    return new RequestStory(
        OBJECT,
        first.getString("request_id"),
        first.getTimestamp("started_at").toInstant(),
        first.getString("team"),
        first.getString("key_id"),
        first.getString("project"),
        false,
        first.getString("task_type"),
        null,
        null,
        List.of(),
        List.of(),
        null,
        null,
        first.getBoolean("simulated"),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        traceId(first.getString("traceparent")),
        null,
        Map.of(),
        attempts,
        RequestStory.Cost.of(attempts));
  }

  private static @Nullable String traceId(@Nullable String traceparent) {
    return traceparent == null || traceparent.length() < TRACE_ID_AT + TRACE_ID_LENGTH
        ? null
        : traceparent.substring(TRACE_ID_AT, TRACE_ID_AT + TRACE_ID_LENGTH);
  }

  private static List<String> texts(String json) {
    return read(json, JsonNode::asText);
  }

  private static List<DecisionSignal> signals(@Nullable String json) {
    return json == null
        ? List.of()
        : read(
            json,
            each ->
                new DecisionSignal(
                    each.path("from").asText(),
                    each.path("says").asText(),
                    each.path("value").asDouble()));
  }

  private static <T> List<T> read(String json, Function<JsonNode, T> each) {
    try {
      List<T> read = new ArrayList<>();
      for (JsonNode node : Json.parse(json)) {
        read.add(each.apply(node));
      }
      return List.copyOf(read);
    } catch (NotJson e) {
      throw new IllegalStateException("PostgreSQL keeps nothing else in a jsonb column", e);
    }
  }
}
