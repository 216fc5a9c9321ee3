package dev.flotilla.cost.report;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Usage;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.postgres.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What routing and caching saved: attempts beside the decisions they belong to, re-priced. Every
 * nano-dollar of the range is counted in exactly one place; docs/reference/costs.md has the queries
 * to recompute them. Thread-safe.
 */
@ApplicationScoped
class SavingsReport {
  /** Why the router went on although a provider answered, or could have. */
  private static final String ESCALATION_REASONS =
      "('" + String.join("', '", Outcomes.ESCALATIONS) + "')";

  static final String TOKENS =
      """
      coalesce(sum(input_tokens), 0) as input, coalesce(sum(cache_read_tokens), 0) as cache_read,
      coalesce(sum(cache_write_5m_tokens), 0) as cache_write_5m, coalesce(sum(cache_write_1h_tokens), 0) as cache_write_1h,
      coalesce(sum(output_tokens), 0) as output, coalesce(sum(reasoning_tokens), 0) as reasoning, max(prompt) as prompt""";

  private static final String PROMPT =
      "coalesce(input_tokens, 0)::numeric + coalesce(cache_read_tokens, 0) + coalesce(cache_write_5m_tokens, 0)"
          + " + coalesce(cache_write_1h_tokens, 0)";

  /** Attempts of the range, and what the money of each went into. */
  static final String COMPARED =
      """
      with paid as (select *, :prompt as prompt from cost.attempt :scope and state <> 'void'),
      compared as (
          select paid.*, (paid.started_at at time zone 'UTC')::date as day, decision.baseline_model, case
              when paid.state = 'unknown' then 'UNKNOWN'
              when paid.origin in ('classifier', 'review', 'shadow') then upper(paid.origin)
              when paid.origin = 'sample' or paid.outcome in :escalations then 'ESCALATION'
              when paid.outcome is distinct from 'ok' then 'FAILED'
              when decision.request_id is null then 'NOT_COMPARED'
              when decision.model is null then 'FAILED'
              when decision.model <> paid.model then 'ESCALATION'
              when decision.task_type is null then 'NAMED'
              when decision.baseline_model is null
                  or coalesce(paid.audio_in_tokens, 0) + coalesce(paid.audio_out_tokens, 0) + coalesce(paid.images, 0) > 0
                  then 'NOT_COMPARED'
              else 'ROUTED' end as spending
          from paid left join cost.decision on decision.team = paid.team and decision.request_id = paid.request_id)"""
          .replace(":prompt", PROMPT)
          .replace(":escalations", ESCALATION_REASONS);

  // By day, because prices change at midnight, UTC, and by the length of prompts, as far as prices
  // depend on it. Tokens of a group are priced in one sum, so that rounding happens once.
  private static final String ATTEMPTS =
      """
      select simulated, task_type, spending, case when spending = 'ROUTED' then baseline_model end as priced_as, day,
          count(*) as count, count(*) filter (where model = baseline_model) as by_baseline,
          coalesce(sum(case when spending = 'UNKNOWN' then ceiling_nanos else cost_nanos end), 0) as nanos, :tokens
      from compared group by simulated, task_type, spending, priced_as, day, width_bucket(prompt, :lengths)""";

  /** Answers from the cache, of the range. */
  static final String HITS =
      """
      with hit as (
          select *, :prompt as prompt, model as priced_as, (started_at at time zone 'UTC')::date as day,
              input_tokens is null and output_tokens is null as without_tokens
          from cost.decision :scope and cache = 'hit' and model is not null)"""
          .replace(":prompt", PROMPT);

  private static final String HITS_BY_DAY =
      """
      select simulated, task_type, priced_as, day, count(*) as count, without_tokens, :tokens
      from hit group by simulated, task_type, priced_as, day, without_tokens, width_bucket(prompt, :lengths)""";

  private static final String DECISIONS =
      """
      select simulated, task_type, baseline_model, price_version, count(*) as count,
          count(*) filter (where fallback_reason in :escalations) as escalations
      from cost.decision :scope group by simulated, task_type, baseline_model, price_version""";

  private final Database database;
  private final Catalog catalog;

  @Inject
  SavingsReport(Database database, Catalog catalog) {
    this.database = database;
    this.catalog = catalog;
  }

  /**
   * @param explain whether each figure comes with the statement that recomputes it
   */
  Savings savings(CostScope scope, SimulatedRows simulated, boolean explain) {
    return database.inTransaction(connection -> savings(connection, scope, simulated, explain));
  }

  private Savings savings(
      Connection connection, CostScope scope, SimulatedRows simulated, boolean explain)
      throws SQLException {
    return savings(connection, scope, CountedRows.of(connection, scope, simulated), explain);
  }

  /** The sum of all requests, of real or of invented ones. */
  Savings.Result ofAll(Connection connection, CostScope scope, CountedRows counted)
      throws SQLException {
    return savings(connection, scope, counted, false).results().getFirst();
  }

  private Savings savings(
      Connection connection, CostScope scope, CountedRows counted, boolean explain)
      throws SQLException {
    Query where = scope.where().add(counted.sql);
    var sums = new Sums();
    each(connection, filled(COMPARED + ATTEMPTS, where), row -> addAttempts(sums, row));
    each(connection, filled(HITS + HITS_BY_DAY, where), row -> addHits(sums, row));
    each(connection, filled(DECISIONS, where), row -> addDecisions(sums, row));
    SavingsExplained explained = explain ? explained(scope, counted) : null;
    return new Savings(
        "cost.savings",
        scope.from().getEpochSecond(),
        scope.to().getEpochSecond(),
        Savings.Definition.of(
            List.copyOf(sums.baselines), catalog.version(), sums.underOtherPrices),
        sums.results(Duration.between(scope.from(), scope.to()), explained));
  }

  SavingsExplained explained(CostScope scope, CountedRows counted) {
    return new SavingsExplained(scope, counted, catalog.version(), lengths());
  }

  Query filled(String statement, Query where) {
    return fill(statement, where, lengths());
  }

  static Query fill(String statement, Query where, String lengths) {
    String text =
        statement
            .replace(":escalations", ESCALATION_REASONS)
            .replace(":tokens", TOKENS)
            .replace(":lengths", lengths);
    int scope = text.indexOf(":scope");
    return new Query()
        .add(text.substring(0, scope))
        .add(where)
        .add(text.substring(scope + ":scope".length()));
  }

  /** Prompts between two of these cost the same per token, whatever the model: as SQL. */
  private String lengths() {
    return catalog.models().stream()
        .flatMap(model -> model.prices().stream())
        .flatMap(price -> price.tiers().stream())
        .map(tier -> tier.above() + 1)
        .distinct()
        .sorted()
        .map(String::valueOf)
        .collect(Collectors.joining(", ", "array[", "]::numeric[]"));
  }

  private void addAttempts(Sums sums, ResultSet row) throws SQLException {
    SavingsTally tally = sums.of(row);
    Spending spending = Spending.valueOf(row.getString("spending"));
    long count = row.getLong("count");
    long nanos = whole(row, "nanos");
    if (spending == Spending.ROUTED) {
      OptionalLong baseline = price(row);
      if (baseline.isEmpty()) {
        spending = Spending.NOT_COMPARED;
      } else {
        tally.baseline(
            baseline.getAsLong(), row.getString("priced_as"), count, row.getLong("by_baseline"));
      }
    }
    tally.spent(spending, count, nanos);
  }

  private void addHits(Sums sums, ResultSet row) throws SQLException {
    OptionalLong again = row.getBoolean("without_tokens") ? OptionalLong.empty() : price(row);
    if (again.isEmpty()) {
      sums.of(row).unpricedHits(row.getLong("count"));
    } else {
      sums.of(row).hits(row.getLong("count"), again.getAsLong());
    }
  }

  private void addDecisions(Sums sums, ResultSet row) throws SQLException {
    sums.of(row).escalations(row.getLong("escalations"));
    String baseline = row.getString("baseline_model");
    if (baseline != null) {
      sums.baselines.add(baseline);
    }
    if (!row.getString("price_version").equals(catalog.version())) {
      sums.underOtherPrices += row.getLong("count");
    }
  }

  /** The row's tokens at its model's price of its day; empty when we do not know the model. */
  private OptionalLong price(ResultSet row) throws SQLException {
    var day = row.getObject("day", LocalDate.class).atStartOfDay(ZoneOffset.UTC).toInstant();
    Usage tokens = tokens(row);
    long prompt = whole(row, "prompt");
    return catalog.find(row.getString("priced_as")).stream()
        .mapToLong(model -> model.priceAt(day).nanosOfMany(tokens, prompt))
        .findFirst();
  }

  /** The sums that {@link #TOKENS} selects. */
  static Usage tokens(ResultSet row) throws SQLException {
    return new Usage(
        whole(row, "input"),
        whole(row, "cache_read"),
        whole(row, "cache_write_5m"),
        whole(row, "cache_write_1h"),
        whole(row, "output"),
        whole(row, "reasoning"));
  }

  /** Tallies by whether answers were invented, and by task type. */
  private static final class Sums {
    private static final String NONE = "";

    final SortedSet<String> baselines = new TreeSet<>();
    long underOtherPrices;
    private final Map<Boolean, Map<String, SavingsTally>> tallies = new TreeMap<>();

    SavingsTally of(ResultSet row) throws SQLException {
      return tallies
          .computeIfAbsent(row.getBoolean("simulated"), s -> new TreeMap<>())
          .computeIfAbsent(
              Objects.requireNonNullElse(row.getString("task_type"), NONE),
              t -> new SavingsTally());
    }

    /** Never empty: nothing happened is an answer too. */
    List<Savings.Result> results(Duration range, @Nullable SavingsExplained explained) {
      List<Savings.Result> results = new ArrayList<>();
      tallies.forEach(
          (simulated, byType) -> results.add(result(simulated, byType, range, explained)));
      return results.isEmpty()
          ? List.of(result(false, Map.of(), range, explained))
          : List.copyOf(results);
    }

    private static Savings.Result result(
        boolean simulated,
        Map<String, SavingsTally> byType,
        Duration range,
        @Nullable SavingsExplained explained) {
      var all = new SavingsTally();
      List<Savings.Result> parts = new ArrayList<>();
      byType.forEach(
          (type, tally) -> {
            all.add(tally);
            String taskType = type.equals(NONE) ? null : type;
            parts.add(
                tally.result(
                    taskType,
                    simulated,
                    range,
                    List.of(),
                    explained == null ? null : explained.ofTaskType(taskType, simulated)));
          });
      return all.result(
          null,
          simulated,
          range,
          List.copyOf(parts),
          explained == null ? null : explained.ofAll(simulated));
    }
  }

  @FunctionalInterface
  private interface RowReader {
    void read(ResultSet row) throws SQLException;
  }

  private static void each(Connection connection, Query query, RowReader reader)
      throws SQLException {
    try (PreparedStatement statement = query.prepare(connection);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        reader.read(rows);
      }
    }
  }

  /** A sum of bigints is a numeric; what does not fit is an error, not a wrap. */
  static long whole(ResultSet row, String column) throws SQLException {
    return row.getBigDecimal(column).longValueExact();
  }
}
