package dev.flotilla.cost.report;

import dev.flotilla.cost.currency.Rates;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseConfig;
import dev.flotilla.testkit.RealPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A month of many attempts in a database of its own, and how long reports of it take. Its main
 * loads ten million of them, or as many as it is told; run it from the module's folder.
 */
public final class ManyRows implements AutoCloseable {
  private static final Instant FROM = Instant.parse("2026-05-01T00:00:00Z");
  private static final Instant TO = Instant.parse("2026-06-01T00:00:00Z");

  /**
   * What provider-service sends at once, and so is measured; the rest is loaded in larger steps.
   */
  private static final int BATCH = 500;

  private static final int MEASURED = 10 * BATCH;
  private static final int STEP = 50_000;

  /** 8 teams with 2 keys each, 6 models, 4 task types, 10 features and 5,000 customers. */
  private static final String LOAD =
      """
      insert into cost.attempt (attempt_id, state, request_id, origin, team, key_id, task_type, provider, model, price_version, simulated,
          started_at, ended_at, outcome, estimated, input_tokens, cache_read_tokens, output_tokens, cost_nanos, floor_nanos,
          ceiling_nanos, tags, price_check)
      select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || '7000' || '8' || lpad(to_hex(n), 15, '0'))::uuid,
          'settled', 'req_' || n, 'chat', 'team-' || n % 8, 'k_' || n % 16, 'type-' || n / 7 % 4, 'acme', 'acme/m' || n / 3 % 6, 'v', false,
          at, at, 'ok', false, 100 + n % 50, 20, 30, 1000 + n % 997, 0, 5000,
          jsonb_build_object('feature', 'f' || n / 5 % 10, 'customer', 'c' || n / 11 % 5000), 'unchecked'
      from (select n, timestamptz '2026-05-01T00:00:00Z' + n * (interval '31 days' / ?) as at from generate_series(?, ?) n) numbered""";

  private final RealPostgres.Access access = RealPostgres.freshDatabase();
  private final Database database =
      Database.open(
          new DatabaseConfig("cost", access.jdbcUrl(), access.user(), access.password(), 4));
  private final CostReport report = new CostReport(database, Rates.none());
  private final int rows;

  /**
   * @param rows how many attempts the month has
   */
  ManyRows(int rows) {
    this.rows = rows;
    if (!database.awaitMigrated(Duration.ofSeconds(30))) {
      throw new IllegalStateException("the schema is not there");
    }
  }

  public static void main(String[] arguments) throws SQLException {
    int rows = arguments.length == 0 ? 10_000_000 : Integer.parseInt(arguments[0]);
    try (var month = new ManyRows(rows)) {
      List<Double> rates = month.load();
      System.out.printf(
          "ingest, %d per transaction: %.0f rows/s at first, %.0f at last%n",
          BATCH, rates.getFirst(), rates.getLast());
      for (String group : List.of("team,model", "tag:feature", "tag:customer")) {
        System.out.printf(
            "month by %s: %d ms%n", group, month.median(() -> month.month(group)).toMillis());
      }
    }
  }

  /** Loads all rows; rows per second of the batches each tenth of them begins with. */
  List<Double> load() throws SQLException {
    List<Double> rates = new ArrayList<>();
    try (Connection connection = access.connect()) {
      try (var make = connection.createStatement()) {
        make.execute("select cost.create_attempt_month('2026-05-01')");
      }
      connection.setAutoCommit(false);
      try (PreparedStatement insert = connection.prepareStatement(LOAD)) {
        for (int tenth = 0; tenth < 10; tenth++) {
          int first = tenth * (rows / 10);
          int end = first + rows / 10;
          long start = System.nanoTime();
          for (int at = first; at < first + MEASURED; at += BATCH) {
            insert(connection, insert, at, at + BATCH);
          }
          rates.add(MEASURED / ((System.nanoTime() - start) / 1e9));
          for (int at = first + MEASURED; at < end; at += STEP) {
            insert(connection, insert, at, Math.min(at + STEP, end));
          }
        }
      }
      connection.setAutoCommit(true);
      try (var analyze = connection.createStatement()) {
        // What autovacuum does by itself after a while.
        analyze.execute("vacuum analyze");
      }
    }
    return rates;
  }

  private void insert(Connection connection, PreparedStatement insert, int from, int end)
      throws SQLException {
    insert.setInt(1, rows);
    insert.setInt(2, from);
    insert.setInt(3, end - 1);
    insert.executeUpdate();
    connection.commit();
  }

  List<CostResult> month(String groups) {
    var question =
        new CostQuestion(
            new CostScope(FROM, TO, null, null, null, null),
            Map.of(),
            BucketWidth.MONTH,
            List.of(groups.split(",", -1)).stream()
                .map(word -> Dimension.named(word).orElseThrow())
                .toList(),
            SimulatedRows.WHEN_ALONE,
            false,
            null,
            12,
            FROM);
    return report.page(question).data().getFirst().results();
  }

  /** Of five, after one to warm up. */
  Duration median(Supplier<List<CostResult>> question) {
    question.get();
    List<Duration> took = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      long start = System.nanoTime();
      question.get();
      took.add(Duration.ofNanos(System.nanoTime() - start));
    }
    return took.stream().sorted().toList().get(2);
  }

  @Override
  public void close() {
    database.close();
  }
}
