package dev.flotilla.cost.report;

import dev.flotilla.kit.postgres.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sums over the ledger. Every figure is recomputed from the rows; nothing is kept. Thread-safe. */
@ApplicationScoped
class CostReport {
  private static final int TOP = 5;

  private static final String SUMS =
      """
      simulated,
      coalesce(sum(cost_nanos) filter (where state in ('settled', 'estimated')), 0) as cost_nanos,
      coalesce(sum(cost_nanos) filter (where state = 'estimated'), 0) as estimated_nanos,
      count(distinct request_id) filter (where state = 'unknown') as unknown_requests,
      coalesce(sum(floor_nanos) filter (where state = 'unknown'), 0) as unknown_floor,
      coalesce(sum(ceiling_nanos) filter (where state = 'unknown'), 0) as unknown_ceiling,
      count(*) as attempts,
      count(distinct request_id) as requests,
      coalesce(sum(coalesce(input_tokens, 0) + coalesce(cache_read_tokens, 0) + coalesce(cache_write_5m_tokens, 0)
          + coalesce(cache_write_1h_tokens, 0)), 0) as prompt_tokens,
      coalesce(sum(cache_read_tokens), 0) as cached_tokens,
      coalesce(sum(coalesce(output_tokens, 0) + coalesce(reasoning_tokens, 0)), 0) as completion_tokens,
      0 as cache_hits,
      0 as fallbacks""";

  private static final List<String> FIGURES =
      List.of(
          "cost_nanos",
          "estimated_nanos",
          "unknown_requests",
          "unknown_floor",
          "unknown_ceiling",
          "attempts",
          "requests",
          "prompt_tokens",
          "cached_tokens",
          "completion_tokens",
          "cache_hits",
          "fallbacks");

  /** What no attempt tells; the figures of attempts before it are 0. */
  private static final String EXPLANATIONS =
      """
      simulated, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      count(*) filter (where cache = 'hit'),
      count(*) filter (where fallback_count > 0)""";

  private static final String EXPLAIN_AN_ANSWER =
      " and model is not null and (cache = 'hit' or fallback_count > 0)";

  private static final CostResult NOTHING =
      new CostResult(
          CostResult.OBJECT,
          Map.of(),
          CostResult.Amount.of(0),
          0,
          new CostResult.Unknown(0, 0, 0),
          0,
          0,
          0,
          0,
          0,
          0,
          0L,
          0L,
          false);

  private final Database database;

  @Inject
  CostReport(Database database) {
    this.database = database;
  }

  /** One page of buckets, oldest first; within a bucket the dearest result first. */
  CostPage page(CostQuestion question) {
    CostScope all = question.scope();
    BucketWidth width = question.width();
    Instant first = width.plus(width.startOf(all.from()), question.page());
    Instant end = width.plus(first, question.limit());
    if (!first.isBefore(all.to())) {
      return new CostPage(List.of(), null);
    }
    CostScope shown = all.between(later(first, all.from()), earlier(end, all.to()));
    Map<Instant, List<CostResult>> found =
        database.inTransaction(
            connection ->
                sums(
                    connection,
                    shown,
                    width,
                    question.dimensions(),
                    CountedRows.of(connection, all, question.simulated())));
    List<CostPage.Bucket> buckets = new ArrayList<>();
    for (Instant start = first; start.isBefore(shown.to()); start = width.plus(start, 1)) {
      buckets.add(
          new CostPage.Bucket(
              later(start, shown.from()).getEpochSecond(),
              earlier(width.plus(start, 1), shown.to()).getEpochSecond(),
              found.getOrDefault(start, List.of())));
    }
    return new CostPage(
        List.copyOf(buckets),
        end.isBefore(all.to())
            ? QuestionReader.nextPage(question.page() + question.limit())
            : null);
  }

  /** The period's figures; whether invented answers count is decided once, for the month. */
  CostSummary summary(String name, CostScope period, SimulatedRows simulated) {
    Instant now = period.to();
    Instant today = now.truncatedTo(ChronoUnit.DAYS);
    Instant monthStart =
        LocalDate.ofInstant(now, ZoneOffset.UTC)
            .withDayOfMonth(1)
            .atStartOfDay(ZoneOffset.UTC)
            .toInstant();
    CostScope month = period.between(monthStart, now);
    return database.inTransaction(
        connection -> {
          CountedRows counted = CountedRows.of(connection, month, simulated);
          CostResult total = total(connection, period, counted);
          List<CostResult> models =
              sums(connection, period, null, List.of(Dimension.MODEL), counted)
                  .getOrDefault(Instant.EPOCH, List.of());
          return new CostSummary(
              "cost.summary",
              name,
              period.from().getEpochSecond(),
              now.getEpochSecond(),
              total(connection, period.between(today, now), counted).amount(),
              total(connection, month, counted).amount(),
              total,
              models.stream().limit(TOP).toList(),
              total.simulated(),
              now);
        });
  }

  private static CostResult total(Connection connection, CostScope scope, CountedRows counted)
      throws SQLException {
    return sums(connection, scope, null, List.of(), counted)
        .getOrDefault(Instant.EPOCH, List.of(NOTHING))
        .getFirst();
  }

  /**
   * @param width null for one bucket that holds the whole scope, filed under the epoch
   */
  private static Map<Instant, List<CostResult>> sums(
      Connection connection,
      CostScope scope,
      @Nullable BucketWidth width,
      List<Dimension> dimensions,
      CountedRows counted)
      throws SQLException {
    String bucket =
        width == null
            ? "timestamptz 'epoch'"
            : "date_trunc('" + width.sql + "', started_at, 'UTC')";
    String columns = dimensions.stream().map(d -> d.column + ", ").collect(Collectors.joining());
    boolean explained = dimensions.stream().allMatch(d -> d.decided);
    String where = CostScope.SQL + counted.sql;
    // Grouped by `simulated` too: a sum never mixes real and invented money.
    String groups = " group by bucket, " + columns + "simulated";
    String told =
        "select " + bucket + " as bucket, " + columns + SUMS + " from attempt " + where + groups;
    if (explained) {
      told +=
          " union all select "
              + bucket
              + " as bucket, "
              + columns
              + EXPLANATIONS
              + " from decision "
              + where
              + EXPLAIN_AN_ANSWER
              + groups;
    }
    String sql =
        "select bucket, "
            + columns
            + "simulated, "
            + FIGURES.stream().map(f -> "sum(" + f + ") as " + f).collect(Collectors.joining(", "))
            + " from ("
            + told
            + ") told"
            + groups
            + " order by bucket, cost_nanos desc, attempts desc"
            + dimensions.stream().map(d -> ", " + d.column).collect(Collectors.joining());
    Map<Instant, List<CostResult>> sums = new LinkedHashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int next = scope.fill(statement, 1);
      if (explained) {
        scope.fill(statement, next);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          sums.computeIfAbsent(rows.getTimestamp("bucket").toInstant(), b -> new ArrayList<>())
              .add(result(rows, dimensions, explained));
        }
      }
    }
    return sums;
  }

  private static CostResult result(ResultSet rows, List<Dimension> dimensions, boolean explained)
      throws SQLException {
    Map<String, @Nullable String> group = new LinkedHashMap<>();
    for (Dimension dimension : dimensions) {
      group.put(dimension.word(), rows.getString(dimension.column));
    }
    long nanos = whole(rows, "cost_nanos");
    return new CostResult(
        CostResult.OBJECT,
        group,
        CostResult.Amount.of(nanos),
        nanos,
        new CostResult.Unknown(
            whole(rows, "unknown_requests"),
            whole(rows, "unknown_floor"),
            whole(rows, "unknown_ceiling")),
        whole(rows, "estimated_nanos"),
        whole(rows, "attempts"),
        whole(rows, "requests"),
        whole(rows, "prompt_tokens"),
        whole(rows, "cached_tokens"),
        whole(rows, "completion_tokens"),
        explained ? whole(rows, "cache_hits") : null,
        explained ? whole(rows, "fallbacks") : null,
        rows.getBoolean("simulated"));
  }

  /** A sum of bigints is a numeric; what does not fit is an error, not a wrap. */
  private static long whole(ResultSet rows, String column) throws SQLException {
    return rows.getBigDecimal(column).longValueExact();
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
