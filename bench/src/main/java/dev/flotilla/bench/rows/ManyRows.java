package dev.flotilla.bench.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flotilla.bench.machine.ProcessFacts;
import dev.flotilla.bench.machine.ScratchFolder;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * {@code ./fleet rows}: a month of many attempts in a fleet of its own. Whether the ledger takes
 * more as fast as it took the first ones, and how long reports take.
 */
public final class ManyRows {
  /** What provider-service sends at once. */
  private static final int BATCH = 500;

  private static final int WARMING = 60 * BATCH;
  private static final int MEASURED = 20 * BATCH;

  /**
   * Larger steps take longer per row: their sums no longer fit into PostgreSQL's working memory.
   */
  private static final int STEP = 20_000;

  /** The fewest rows there can be: those that are measured, and some between. */
  public static final int FEWEST = WARMING + 2 * MEASURED + STEP;

  private static final int ASKED = 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path tree;
  private final Month month;
  private final Terminal progress;

  /**
   * @param rows at least {@link #FEWEST}
   */
  public ManyRows(Path tree, int rows, Terminal progress) {
    if (rows < FEWEST) {
      throw new IllegalArgumentException(
          rows + " rows are too few to measure anything; ask for " + FEWEST + " or more");
    }
    this.tree = tree;
    this.month = new Month(rows);
    this.progress = progress;
  }

  public RowsReport run() throws IOException, InterruptedException {
    try (var folder = ScratchFolder.named("fleet-rows");
        var fleet = start(folder.path());
        var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        var database = connect(fleet)) {
      return measured(fleet, http, database);
    } catch (SQLException e) {
      throw new IOException("the ledger cannot be filled: " + e.getMessage(), e);
    }
  }

  private LocalFleet start(Path folder) {
    Path config = tree.resolve("bench").resolve("config");
    return LocalFleet.startUntilExit(
        FleetOptions.inTree(tree)
            .withState(folder)
            .withPorts(FleetPorts.free())
            .withConfigDirectory(config)
            .with("FLOTILLA_KEYS_FILE", config.resolve("keys.yaml").toString())
            .with("FLOTILLA_PROVIDERS_ENABLED", "bench")
            .with("FLOTILLA_TRACING_RATIO", "0"),
        progress::line,
        changed -> {});
  }

  private RowsReport measured(LocalFleet fleet, HttpClient http, Connection database)
      throws SQLException, IOException, InterruptedException {
    run(database, "select cost.create_attempt_month('2026-05-01')");
    progress.line("warming up");
    long n = send(fleet, http, 0, WARMING);
    progress.line("measuring what it takes now");
    RowsReport.Ingest early = ingest(fleet, http, n);
    n += MEASURED;
    long start = System.nanoTime();
    load(database, n, month.rows() - MEASURED);
    double loadSeconds = (System.nanoTime() - start) / 1e9;
    n = month.rows() - MEASURED;
    progress.line("vacuuming, as PostgreSQL does by itself after a while");
    run(database, "vacuum analyze");
    progress.line("measuring what it takes now");
    RowsReport.Ingest late = ingest(fleet, http, n);
    progress.line("asking for reports");
    var wrong = new ArrayList<String>();
    List<RowsReport.Asked> reports = new ArrayList<>();
    reports.add(asked(fleet, http, wrong, "month by team, model", "1mo&group_by=team,model", 100));
    reports.add(
        asked(fleet, http, wrong, "month by key, task type", "1mo&group_by=key,task_type", 100));
    reports.add(asked(fleet, http, wrong, "days by model", "1d&limit=31&group_by=model", 0));
    reports.add(
        asked(fleet, http, wrong, "month by tag, 10 values", "1mo&group_by=tag:feature", 2_000));
    reports.add(
        asked(fleet, http, wrong, "month by tag, 5,000", "1mo&group_by=tag:customer", 2_000));
    return new RowsReport(month.rows(), early, late, loadSeconds, reports, wrong);
  }

  private RowsReport.Ingest ingest(LocalFleet fleet, HttpClient http, long first)
      throws IOException, InterruptedException {
    double cpu = cpu(fleet);
    long start = System.nanoTime();
    send(fleet, http, first, MEASURED);
    double seconds = (System.nanoTime() - start) / 1e9;
    return new RowsReport.Ingest(first, MEASURED / seconds, MEASURED / (cpu(fleet) - cpu));
  }

  private static double cpu(LocalFleet fleet) {
    var pids = new ArrayList<Long>(ProcessFacts.tree(fleet.postgresPid()));
    pids.add(fleet.pid(Service.COST));
    return ProcessFacts.cpuSeconds(pids);
  }

  /** The number after the last row. */
  private long send(LocalFleet fleet, HttpClient http, long first, int count)
      throws IOException, InterruptedException {
    URI ledger = fleet.url(Service.COST).resolve("/v1/ledger/entries");
    for (long n = first; n < first + count; n += BATCH) {
      HttpResponse<String> response =
          http.send(
              to(fleet, ledger)
                  .header("content-type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(month.batch(n, BATCH)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200
          || JSON.readTree(response.body()).path("accepted").asInt() != BATCH) {
        throw new IOException("the ledger says " + response.statusCode() + " " + response.body());
      }
    }
    return first + count;
  }

  private void load(Connection database, long first, long end) throws SQLException {
    try (PreparedStatement insert = database.prepareStatement(Month.LOAD)) {
      long told = System.nanoTime();
      for (long n = first; n < end; n += STEP) {
        insert.setLong(1, month.rows());
        insert.setLong(2, n);
        insert.setLong(3, Math.min(n + STEP, end) - 1);
        insert.executeUpdate();
        if (System.nanoTime() - told > 10_000_000_000L) {
          told = System.nanoTime();
          progress.line(n + " of " + month.rows() + " rows");
        }
      }
    }
  }

  private RowsReport.Asked asked(
      LocalFleet fleet, HttpClient http, List<String> wrong, String name, String how, double aim)
      throws IOException, InterruptedException {
    HttpRequest request =
        to(
                fleet,
                fleet
                    .url(Service.COST)
                    .resolve("/v1/costs?from=" + Month.FROM + "&to=" + Month.TO + "&bucket=" + how))
            .header("x-flotilla-team", "ops")
            .header("x-flotilla-key", "k_ops")
            .header("x-flotilla-roles", "admin")
            .build();
    double[] took = new double[ASKED];
    for (int i = -ASKED / 4; i < ASKED; i++) {
      long start = System.nanoTime();
      HttpResponse<String> page = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (i >= 0) {
        took[i] = (System.nanoTime() - start) / 1e6;
      }
      if (i == 0) {
        check(name, page, wrong);
      }
    }
    Arrays.sort(took);
    return new RowsReport.Asked(name, took[ASKED / 2], took[ASKED * 95 / 100], aim);
  }

  /** Every row was written, and every report is of all rows. */
  private void check(String name, HttpResponse<String> page, List<String> wrong)
      throws IOException {
    long attempts = 0;
    long nanos = 0;
    for (JsonNode bucket : JSON.readTree(page.body()).path("data")) {
      for (JsonNode result : bucket.path("results")) {
        attempts += result.path("attempts").asLong();
        nanos += result.path("cost_nanos").asLong();
      }
    }
    if (attempts != month.rows() || nanos != month.nanos()) {
      wrong.add(
          name
              + ": "
              + page.statusCode()
              + " with %d attempts and %d nano-dollars, written were %d and %d"
                  .formatted(attempts, nanos, month.rows(), month.nanos()));
    }
  }

  private static HttpRequest.Builder to(LocalFleet fleet, URI uri) {
    return HttpRequest.newBuilder(uri)
        .header(
            "authorization",
            "Bearer " + fleet.environment(Service.COST).get("FLOTILLA_SERVICE_TOKEN"));
  }

  private static Connection connect(LocalFleet fleet) throws SQLException {
    Map<String, String> facts = fleet.environment(Service.COST);
    return DriverManager.getConnection(
        facts.get("FLOTILLA_POSTGRES_URL"),
        facts.get("FLOTILLA_POSTGRES_USER"),
        facts.get("FLOTILLA_POSTGRES_PASSWORD"));
  }

  private static void run(Connection database, String sql) throws SQLException {
    try (var statement = database.createStatement()) {
      statement.execute(sql);
    }
  }
}
