package dev.flotilla.cost.ledger;

import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.cost.running.RunningCostService;
import dev.flotilla.testkit.RealPostgres;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

class AttemptMonthsIT {
  private static final DateTimeFormatter TABLE = DateTimeFormatter.ofPattern("'attempt_'uuuu_MM");

  private final RunningCostService service = RunningCostService.get();

  @Test
  void an_attempt_rests_in_the_month_its_id_was_made_in() throws SQLException {
    Instant now = Instant.now();
    Instant next = now.plusSeconds(31L * 24 * 3_600);
    ObjectNode today = named(settled(intent("months", "m1", now), 5), now, 1);
    ObjectNode soon = named(settled(intent("months", "m2", next), 6), next, 2);
    ObjectNode random = settled(intent("months", "m3", now), 7);
    assertEquals(3, service.receipt(today, soon, random).path("accepted").asInt());
    assertEquals(TABLE.format(month(now)), table(today));
    assertEquals(TABLE.format(month(next)), table(soon));
    assertTrue(table(random).startsWith("attempt_"), table(random));
  }

  @Test
  void the_same_attempt_is_one_row_even_when_it_comes_with_a_start_in_another_month()
      throws SQLException {
    Instant now = Instant.now();
    ObjectNode first = named(settled(intent("months", "m4", now), 5), now, 4);
    ObjectNode moved =
        named(settled(intent("months", "m4", now.minusSeconds(70L * 24 * 3_600)), 5), now, 4);
    assertEquals(1, service.receipt(first).path("accepted").asInt());
    assertEquals(1, service.receipt(moved).path("duplicate").asInt());
    assertEquals(1, service.receipt(first).path("duplicate").asInt());
    assertEquals(
        "1", sql("select count(*) from cost.attempt where attempt_id = '" + id(first) + "'"));
  }

  @Test
  void months_are_there_before_they_begin() throws SQLException {
    for (int month = 0; month <= AttemptMonths.AHEAD; month++) {
      String table = TABLE.format(month(Instant.now()).plusMonths(month));
      assertEquals("true", sql("select (to_regclass('cost." + table + "') is not null)::text"));
    }
  }

  @Test
  void a_month_is_made_once() throws SQLException {
    RealPostgres.Access fresh = RealPostgres.freshDatabase();
    migrate(fresh, "latest");
    try (var connection = fresh.connect();
        var statement = connection.createStatement()) {
      for (String made : List.of("true", "false")) {
        try (var rows =
            statement.executeQuery("select cost.create_attempt_month('2031-07-01')::text")) {
          assertTrue(rows.next());
          assertEquals(made, rows.getString(1));
        }
      }
    }
  }

  @Test
  void a_month_is_as_append_only_as_the_whole() {
    String month = "cost." + TABLE.format(month(Instant.now()));
    for (String change : List.of("truncate " + month, "truncate cost.attempt_rest")) {
      var e = assertThrows(SQLException.class, () -> sql(change));
      assertTrue(String.valueOf(e.getMessage()).contains("append-only"), e.getMessage());
    }
  }

  @Test
  void rows_from_before_there_were_months_are_kept_and_counted() throws SQLException {
    RealPostgres.Access old = RealPostgres.freshDatabase();
    migrate(old, "2");
    List<String> ids = new ArrayList<>();
    try (var connection = old.connect();
        var statement = connection.createStatement()) {
      for (int i = 0; i < 3; i++) {
        Instant start = Instant.parse("2026-0" + (i + 1) + "-10T10:00:00Z");
        String id = id(named(intent("old", "o" + i, start), start, i));
        ids.add(id);
        statement.executeUpdate(
            """
            insert into cost.attempt (attempt_id, state, request_id, origin, team, key_id, provider, model, price_version, simulated,
                started_at, estimated, input_tokens, cost_nanos, floor_nanos, ceiling_nanos, tags, price_check)
            values ('%s', 'settled', 'o', 'chat', 'old', 'k', 'acme', 'acme/swift', 'v', false, '%s', false, 10, 100, 0, 100,
                '{"feature": "search"}', 'unchecked')"""
                .formatted(id, start));
      }
    }
    migrate(old, "latest");
    try (var connection = old.connect();
        var statement = connection.createStatement()) {
      for (int i = 0; i < 3; i++) {
        try (var rows =
            statement.executeQuery(
                "select tableoid::regclass::text from cost.attempt where attempt_id = '"
                    + ids.get(i)
                    + "'")) {
          assertTrue(rows.next());
          assertEquals("cost.attempt_2026_0" + (i + 1), rows.getString(1));
        }
      }
      for (String rollUp : List.of("spend_hour", "spend_day", "spend_tag_day", "spend_tag_month")) {
        try (var rows =
            statement.executeQuery(
                "select sum(attempts) || '|' || sum(settled_nanos) || '|' || sum(input_tokens) from cost."
                    + rollUp)) {
          assertTrue(rows.next());
          assertEquals("3|300|30", rows.getString(1), rollUp);
        }
      }
    }
  }

  private static void migrate(RealPostgres.Access database, String target) {
    Flyway.configure()
        .dataSource(database.jdbcUrl(), database.user(), database.password())
        .schemas("cost")
        .defaultSchema("cost")
        .locations("classpath:db/migration/cost")
        .target(target)
        .load()
        .migrate();
  }

  /** The entry with an id that was made at a moment. */
  private static ObjectNode named(ObjectNode entry, Instant at, int number) {
    String hex = String.format("%012x", at.toEpochMilli());
    return entry.put(
        "attempt_id",
        hex.substring(0, 8)
            + "-"
            + hex.substring(8)
            + "-7aaa-8000-"
            + String.format("%012x", number));
  }

  private static YearMonth month(Instant moment) {
    return YearMonth.from(moment.atOffset(ZoneOffset.UTC));
  }

  private static String id(ObjectNode entry) {
    return entry.path("attempt_id").asText();
  }

  private String table(ObjectNode entry) throws SQLException {
    return sql("select tableoid::regclass::text from cost.attempt where attempt_id = '"
            + id(entry)
            + "'")
        .replace("cost.", "");
  }

  private String sql(String query) throws SQLException {
    try (var connection = service.database().connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      assertTrue(rows.next(), query);
      return String.valueOf(rows.getString(1));
    }
  }
}
