package dev.flotilla.kit.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.testkit.FaultRow;
import dev.flotilla.testkit.RealPostgres;
import dev.flotilla.testkit.TcpGate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class DatabaseIT {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @Test
  void a_database_that_comes_late_is_migrated_then() {
    var server = RealPostgres.freshDatabase();
    try (var gate = TcpGate.to(server.host(), server.port())) {
      gate.shut();
      try (var database = Database.open(config(server.through(gate.port())))) {
        assertFalse(database.migrated());
        assertEquals(Status.DOWN, database.readiness().getStatus());
        assertThrows(DatabaseAwayException.class, () -> database.inTransaction(c -> total(c)));
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!database.settled() && System.nanoTime() < end) {
          Thread.onSpinWait();
        }
        assertTrue(database.settled(), "it was tried, and is not there");
        assertFalse(database.migrated());
        gate.open();
        assertTrue(database.awaitMigrated(PATIENCE));
        assertEquals(Status.UP, database.readiness().getStatus());
        assertEquals(0, database.inTransaction(DatabaseIT::total));
      }
    }
  }

  @Test
  void a_database_that_goes_away_is_told_apart_from_a_bug_and_found_again() {
    var server = RealPostgres.freshDatabase();
    try (var gate = TcpGate.to(server.host(), server.port());
        var database = Database.open(config(server.through(gate.port())))) {
      assertTrue(database.awaitMigrated(PATIENCE));
      assertThrows(
          IllegalStateException.class, () -> database.inTransaction(c -> add(c, "no such column")));
      gate.shut();
      assertThrows(DatabaseAwayException.class, () -> database.inTransaction(DatabaseIT::total));
      assertEquals(Status.DOWN, database.readiness().getStatus());
      gate.open();
      assertEquals(0, database.inTransaction(DatabaseIT::total));
    }
  }

  @Test
  void connections_that_broke_meanwhile_are_noticed_by_nobody() {
    var server = RealPostgres.freshDatabase();
    try (var gate = TcpGate.to(server.host(), server.port());
        var database = Database.open(config(server.through(gate.port())))) {
      assertTrue(database.awaitMigrated(PATIENCE));
      gate.shut();
      gate.open();
      assertEquals(0, database.inTransaction(DatabaseIT::total));
    }
  }

  @Test
  void what_breaks_at_its_commit_is_not_run_again() {
    var server = RealPostgres.freshDatabase();
    try (var gate = TcpGate.to(server.host(), server.port());
        var database = Database.open(config(server.through(gate.port())))) {
      assertTrue(database.awaitMigrated(PATIENCE));
      var runs = new AtomicInteger();
      assertThrows(
          DatabaseAwayException.class,
          () ->
              database.inTransaction(
                  connection -> {
                    runs.incrementAndGet();
                    int changed = add(connection, "id = 1");
                    gate.shut();
                    return changed;
                  }));
      assertEquals(1, runs.get());
    }
  }

  @Test
  void what_tells_somebody_while_it_reads_is_not_run_again() {
    var server = RealPostgres.freshDatabase();
    try (var gate = TcpGate.to(server.host(), server.port());
        var database = Database.open(config(server.through(gate.port())))) {
      assertTrue(database.awaitMigrated(PATIENCE));
      var runs = new AtomicInteger();
      assertThrows(
          DatabaseAwayException.class,
          () ->
              database.inTransactionOnce(
                  connection -> {
                    runs.incrementAndGet();
                    gate.shut();
                    gate.open();
                    return total(connection);
                  }));
      assertEquals(1, runs.get());
    }
  }

  @Test
  void what_waits_for_a_lock_too_long_waits_at_the_server_no_longer_than_here() throws Exception {
    var server = RealPostgres.freshDatabase();
    try (var database = Database.open(config(server));
        Connection other =
            DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password())) {
      assertTrue(database.awaitMigrated(PATIENCE));
      other.setAutoCommit(false);
      try (var statement = other.createStatement()) {
        statement.execute("lock table probe.probe");
        assertThrows(DatabaseAwayException.class, () -> database.inTransaction(DatabaseIT::total));
        try (var waiting =
            statement.executeQuery(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")) {
          waiting.next();
          assertEquals(0, waiting.getInt(1));
        }
      }
    }
  }

  @Test
  void work_that_fails_leaves_nothing_behind() {
    try (var database = Database.open(config(RealPostgres.freshDatabase()))) {
      assertTrue(database.awaitMigrated(PATIENCE));
      assertThrows(
          IllegalStateException.class,
          () ->
              database.inTransaction(
                  connection -> {
                    add(connection, "id = 1");
                    throw new IllegalStateException("in the middle");
                  }));
      assertEquals(0, database.inTransaction(DatabaseIT::total));
    }
  }

  @Test
  @FaultRow(row = 72, fault = "two transactions lock each other out")
  void a_deadlock_is_tried_again() throws Exception {
    try (var database = Database.open(config(RealPostgres.freshDatabase()));
        var threads = Executors.newFixedThreadPool(2)) {
      assertTrue(database.awaitMigrated(PATIENCE));
      var barrier = new CyclicBarrier(2);
      var runs = new AtomicInteger();
      Callable<Integer> forwards = () -> database.inTransaction(c -> both(c, 1, 2, barrier, runs));
      Callable<Integer> backwards = () -> database.inTransaction(c -> both(c, 2, 1, barrier, runs));
      for (var result : threads.invokeAll(List.of(forwards, backwards))) {
        assertEquals(2, result.get());
      }
      assertEquals(4, database.inTransaction(DatabaseIT::total));
      assertEquals(3, runs.get());
    }
  }

  @Test
  void another_kind_of_address_is_refused_with_an_example() {
    var e =
        assertThrows(
            ConfigurationException.class,
            () -> new DatabaseConfig("probe", "postgres://somewhere", "u", "p", 8));
    assertTrue(String.valueOf(e.getMessage()).contains("jdbc:postgresql://127.0.0.1:5432"));
  }

  private static int both(
      Connection connection, int first, int second, CyclicBarrier barrier, AtomicInteger runs)
      throws SQLException {
    int changed = add(connection, "id = " + first);
    if (runs.incrementAndGet() <= 2) {
      try {
        barrier.await(5, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    return changed + add(connection, "id = " + second);
  }

  private static int add(Connection connection, String where) throws SQLException {
    try (var statement = connection.createStatement()) {
      return statement.executeUpdate("update probe set n = n + 1 where " + where);
    }
  }

  private static int total(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("select sum(n) from probe")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private static DatabaseConfig config(RealPostgres.Access access) {
    return new DatabaseConfig("probe", access.jdbcUrl(), access.user(), access.password(), 4);
  }
}
