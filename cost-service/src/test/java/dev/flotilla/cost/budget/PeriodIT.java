package dev.flotilla.cost.budget;

import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.cost.running.RunningCostService;
import dev.flotilla.testkit.FaultRow;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Periods are UTC and belong to the moment an attempt began. */
class PeriodIT {
  private final RunningCostService service = RunningCostService.get();
  private final String team = "period-" + UUID.randomUUID();

  @Test
  @FaultRow(row = 85, fault = "an attempt begins just before a period ends and ends after it")
  void an_attempt_counts_in_the_period_it_began_in_however_late_it_is_heard_of()
      throws SQLException {
    assertEquals(
        200,
        service
            .ask(
                "PUT",
                "/v1/budgets/" + team,
                "{\"limit_usd\":1,\"period\":\"year\"}",
                team,
                "admin")
            .statusCode());
    Instant newYear =
        Instant.now()
            .atOffset(ZoneOffset.UTC)
            .withDayOfYear(1)
            .toLocalDate()
            .atStartOfDay()
            .toInstant(ZoneOffset.UTC);
    service.receipt(
        settled(intent(team, "req_old", newYear.minusMillis(1)), 7),
        settled(intent(team, "req_new", newYear), 500));
    assertEquals(
        "7|500",
        sql(
            "select string_agg(spent_nanos::text, '|' order by starts_at) from cost.budget_period where scope = 'team:"
                + team
                + "'"));
  }

  @Test
  @FaultRow(
      row = 85,
      fault = "the end of a month, a leap day, the days on which summer time changes")
  void periods_end_at_midnight_of_utc_whatever_the_session_believes() throws SQLException {
    for (List<String> each :
        List.of(
            List.of("month", "2028-02-29T23:59:59.999Z", "2028-02-01", "2028-03-01"),
            List.of("month", "2026-03-29T00:59:59.999Z", "2026-03-01", "2026-04-01"),
            List.of("day", "2026-03-29T01:00:00Z", "2026-03-29", "2026-03-30"),
            List.of("day", "2026-10-25T23:59:59.999Z", "2026-10-25", "2026-10-26"),
            List.of("week", "2026-12-31T23:59:59.999Z", "2026-12-28", "2027-01-04"),
            List.of("year", "2027-01-01T00:00:00Z", "2027-01-01", "2028-01-01"))) {
      for (String zone : List.of("UTC", "Europe/Berlin", "Asia/Karachi", "America/New_York")) {
        assertEquals(
            each.get(2) + " " + each.get(3),
            sql(
                "select set_config('timezone', '%s', false), to_char(cost.period_start('%2$s', '%3$s') at time zone 'UTC', 'YYYY-MM-DD') || ' ' || to_char(cost.period_end('%2$s', '%3$s') at time zone 'UTC', 'YYYY-MM-DD')"
                    .formatted(zone, each.get(0), each.get(1))),
            zone + " " + each);
      }
    }
  }

  /** The last column of the first row. */
  private String sql(String query) throws SQLException {
    try (var connection = service.database().connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      assertTrue(rows.next(), query);
      return String.valueOf(rows.getString(rows.getMetaData().getColumnCount()));
    }
  }
}
