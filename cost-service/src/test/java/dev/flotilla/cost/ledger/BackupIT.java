package dev.flotilla.cost.ledger;

import static dev.flotilla.cost.running.RunningCostService.decision;
import static dev.flotilla.cost.running.RunningCostService.hit;
import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.cost.running.RunningCostService;
import dev.flotilla.kit.backup.Backup;
import dev.flotilla.kit.backup.NotRestored;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseConfig;
import dev.flotilla.testkit.RealPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The team backup belongs to this class. */
class BackupIT {
  private static final Instant START = Instant.parse("2026-02-03T04:05:06Z");

  private final RunningCostService service = RunningCostService.get();

  @TempDir Path folder;

  @Test
  void a_backup_restored_into_an_empty_database_is_the_same_ledger_and_counts_on()
      throws Exception {
    ObjectNode open = intent("backup", "req_b1", START);
    ObjectNode paid = intent("backup", "req_b2", START.plusSeconds(40 * 86_400L));
    service.receipt(open, paid, settled(paid, 21_300));
    service.keep(hit(decision("backup", "req_b3", START)), decision("backup", "req_b2", START));
    Path first = folder.resolve("first.zip");
    long written;
    try (Connection from = service.database().connect()) {
      written = Backup.write(from, "cost", first);
    }
    RealPostgres.Access empty = RealPostgres.freshDatabase();
    try (var database = migrated(empty)) {
      assertTrue(database.migrated());
      try (Connection to = empty.connect()) {
        assertEquals(written, Backup.restore(to, "cost", first));
      }
      Path second = folder.resolve("second.zip");
      try (Connection from = empty.connect()) {
        assertEquals(written, Backup.write(from, "cost", second));
      }
      assertEquals(lines(first), lines(second));
      // A backup is never mixed with what is there.
      try (Connection to = empty.connect()) {
        var refused = assertThrows(NotRestored.class, () -> Backup.restore(to, "cost", first));
        assertTrue(String.valueOf(refused.getMessage()).contains("empty"), refused.getMessage());
      }
      // Its triggers are awake again: what is added is counted, and what is there stays.
      try (Connection to = empty.connect()) {
        assertThrows(
            SQLException.class, () -> run(to, "delete from cost.attempt where team = 'backup'"));
        run(
            to,
            "update cost.attempt set state = 'settled', cost_nanos = 700, ended_at = started_at where request_id = 'req_b1'");
        assertEquals(
            "22000",
            value(to, "select sum(settled_nanos) from cost.spend_day where team = 'backup'"));
      }
    }
  }

  private static Database migrated(RealPostgres.Access access) {
    var database =
        Database.open(
            new DatabaseConfig("cost", access.jdbcUrl(), access.user(), access.password(), 2));
    assertTrue(database.awaitMigrated(Duration.ofSeconds(60)));
    return database;
  }

  /** Each table's rows, in no order. */
  private static Map<String, List<String>> lines(Path file) throws IOException {
    var tables = new TreeMap<String, List<String>>();
    try (var zip = new ZipFile(file.toFile())) {
      for (var entry : zip.stream().filter(e -> !e.getName().equals("about.json")).toList()) {
        try (var bytes = zip.getInputStream(entry)) {
          tables.put(
              entry.getName(),
              new String(bytes.readAllBytes(), StandardCharsets.UTF_8).lines().sorted().toList());
        }
      }
    }
    return tables;
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String value(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
