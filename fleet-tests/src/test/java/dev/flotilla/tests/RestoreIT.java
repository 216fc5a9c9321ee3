package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.ask;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.backup.Backup;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseConfig;
import dev.flotilla.local.supervision.Service;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database is lost, and comes back from its backup; what it lacks the spool has. */
class RestoreIT {
  private static final int REQUESTS = 20;

  @Test
  void
      a_restored_ledger_and_the_spools_replay_come_to_the_upstreams_bill_and_nothing_is_there_twice(
          @TempDir Path folder) throws Exception {
    try (var fleet = FleetUnderTest.start(folder)) {
      asked(fleet, "before the backup");
      Books.once(fleet, fleet.alpha).assertTrue();
      fleet.fleet.stop(Service.COST);
      asked(fleet, "the ledger is away");
      // As it is typed, from a fleet that runs.
      Path backups = folder.resolve("backups");
      backup(fleet.fleet.stateDirectory(), backups);
      List<Path> spooled = copies(segments(fleet), folder);

      Map<String, String> facts = fleet.fleet.environment(Service.COST);
      String url = facts.get("FLOTILLA_POSTGRES_URL");
      lose(url, facts);
      restore(url, facts, backups.resolve("cost.zip"));
      fleet.fleet.start(Service.COST);
      Books books = Books.once(fleet, fleet.alpha);
      books.assertTrue();
      assertEquals(Map.of("settled", 2 * REQUESTS), books.states());
      assertEquals(billed(books), counted(fleet));

      // The same spool once more, as if its last batches had been taken and never acknowledged.
      fleet.fleet.stop(Service.PROVIDER);
      for (Path segment : spooled) {
        Files.copy(
            segment, spool(fleet).resolve("9" + segment.getFileName().toString().substring(1)));
      }
      fleet.fleet.start(Service.PROVIDER);
      Books again = Books.once(fleet, fleet.alpha);
      again.assertTrue();
      assertEquals(books.rows(), again.rows());
      assertEquals(billed(books), counted(fleet));
    }
  }

  private static void asked(FleetUnderTest fleet, String when) {
    for (int i = 0; i < REQUESTS; i++) {
      assertEquals(200, fleet.chat(ask("auto", when + " " + i)).statusCode());
    }
  }

  private static void backup(Path state, Path folder) throws Exception {
    var builder =
        new ProcessBuilder(
                FleetUnderTest.TREE.resolve("fleet").toString(),
                "backup",
                folder.toString(),
                "--state",
                state.toString())
            .redirectErrorStream(true);
    builder.environment().put("FLEET_NO_BUILD", "true");
    Process backup = builder.start();
    String said = new String(backup.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, backup.waitFor(), said);
    assertTrue(Files.exists(folder.resolve("router.zip")), said);
    assertTrue(Files.exists(folder.resolve("review.zip")), said);
  }

  private static void lose(String url, Map<String, String> facts) throws SQLException {
    try (Connection server = connect(url.replaceFirst("/postgres$", "/template1"), facts);
        var statement = server.createStatement()) {
      statement.execute("drop database postgres with (force)");
      statement.execute("create database postgres template template0");
    }
  }

  private static void restore(String url, Map<String, String> facts, Path file) throws Exception {
    var config =
        new DatabaseConfig(
            "cost",
            url,
            facts.get("FLOTILLA_POSTGRES_USER"),
            facts.get("FLOTILLA_POSTGRES_PASSWORD"),
            2);
    try (var database = Database.open(config)) {
      assertTrue(database.awaitMigrated(Duration.ofSeconds(60)));
      try (Connection connection = connect(url, facts)) {
        assertTrue(Backup.restore(connection, "cost", file) > REQUESTS);
      }
    }
  }

  private static Connection connect(String url, Map<String, String> facts) throws SQLException {
    return DriverManager.getConnection(
        url, facts.get("FLOTILLA_POSTGRES_USER"), facts.get("FLOTILLA_POSTGRES_PASSWORD"));
  }

  private static Path spool(FleetUnderTest fleet) {
    return Path.of(fleet.fleet.environment(Service.PROVIDER).get("FLOTILLA_SPOOL_DIR"));
  }

  private static List<Path> segments(FleetUnderTest fleet) throws IOException {
    try (var files = Files.list(spool(fleet))) {
      return files.filter(file -> file.toString().endsWith(".segment")).sorted().toList();
    }
  }

  private static List<Path> copies(List<Path> files, Path folder) throws IOException {
    for (Path file : files) {
      Files.copy(file, folder.resolve(file.getFileName()));
    }
    return files.stream().map(file -> folder.resolve(file.getFileName())).toList();
  }

  private static long billed(Books books) {
    return books.bills().values().stream().mapToLong(FleetUnderTest::nanos).sum();
  }

  /** What the roll-ups have, from which reports are made. */
  private static long counted(FleetUnderTest fleet) throws SQLException {
    try (Connection connection = fleet.ledger();
        var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "select coalesce(sum(settled_nanos), 0)::bigint from cost.spend_day")) {
      row.next();
      return row.getLong(1);
    }
  }
}
