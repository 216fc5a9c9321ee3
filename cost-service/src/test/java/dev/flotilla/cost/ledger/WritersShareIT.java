package dev.flotilla.cost.ledger;

import static dev.flotilla.cost.running.RunningCostService.intent;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.cost.running.RunningCostService;
import dev.flotilla.testkit.FaultRow;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Batches that wait for each other leave connections to everybody else. */
class WritersShareIT {
  /** More than the pool has connections. */
  private static final int BATCHES = 12;

  private static final int PLACES = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Batches that have a connection and wait for something. */
  private static final String WAITING =
      """
      select count(*) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query like 'insert into attempt%'""";

  private final RunningCostService service = RunningCostService.get();

  @Test
  @FaultRow(row = 72, fault = "one batch takes long, and is sent again and again")
  void while_batches_wait_for_a_row_costs_and_budgets_are_shown() throws Exception {
    ObjectNode attempt = intent("waiting", "req_waiting", Instant.now());
    try (Connection slow = connect();
        Connection watcher = connect();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      // The budgets of the file are put into force by who asks first, which waits for batches.
      assertEquals(200, service.get("/v1/budgets", "waiting", "admin").statusCode());
      slow.setAutoCommit(false);
      // Whoever counts waits for this, as for a batch whose process has no processor.
      execute(slow, "select cost.take_turn_to_count()");
      List<Future<HttpResponse<String>>> sent = new ArrayList<>();
      for (int i = 0; i < BATCHES; i++) {
        sent.add(threads.submit(() -> service.post(List.of(attempt))));
      }
      for (long end = System.nanoTime() + PATIENCE.toNanos();
          number(watcher, WAITING) < PLACES;
          Thread.sleep(20)) {
        assertTrue(System.nanoTime() < end, "no batch waits");
      }
      for (int i = 0; i < 3; i++) {
        assertEquals(200, service.get("/v1/costs", "waiting", "caller").statusCode());
        assertEquals(200, service.get("/v1/budgets", "waiting", "admin").statusCode());
      }
      assertEquals(PLACES, number(watcher, WAITING));
      slow.rollback();
      int written = 0;
      for (var each : sent) {
        int status = each.get().statusCode();
        assertTrue(status == 200 || status == 503, "" + status);
        written += status == 200 ? 1 : 0;
      }
      assertTrue(written > 0, "none was written");
      assertEquals(
          1,
          number(
              watcher,
              "select count(*) from cost.attempt where attempt_id = '%s'"
                  .formatted(attempt.path("attempt_id").asText())));
    }
  }

  private Connection connect() throws SQLException {
    var database = service.database();
    return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      assertTrue(row.next());
      return row.getLong(1);
    }
  }
}
