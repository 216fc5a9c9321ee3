package dev.flotilla.cost.report;

import static dev.flotilla.cost.running.RunningCostService.decision;
import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;
import static dev.flotilla.cost.running.RunningCostService.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.cost.running.RunningCostService;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The weeks of 2 and 9 February 2026 belong to this class, teams week-a and week-b too. */
class WeeklyIT {
  private static final Instant WEDNESDAY = Instant.parse("2026-02-11T10:00:00Z");
  private static final Instant WEEK_BEFORE = Instant.parse("2026-02-04T10:00:00Z");
  private final RunningCostService service = RunningCostService.get();

  @BeforeAll
  static void rows() {
    List<ObjectNode> attempts = new ArrayList<>();
    List<ObjectNode> decisions = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      // Bulk work: both do it, and every answer is taken.
      answer(attempts, decisions, "bulk", "s" + i, "acme/swift", 162_000, "acme/swift");
      answer(attempts, decisions, "bulk", "g" + i, "acme/grand", 1_620_000, "acme/grand");
      // Complex work: a quarter of the small one's drafts is thrown away.
      String taken = i % 4 == 0 ? "acme/grand" : "acme/swift";
      answer(attempts, decisions, "complex", "d" + i, "acme/swift", 162_000, taken);
      answer(attempts, decisions, "complex", "c" + i, "acme/grand", 1_620_000, "acme/grand");
      if (i < 10) {
        // So seldom that nobody knows.
        answer(attempts, decisions, "structured", "t" + i, "acme/swift", 162_000, "acme/swift");
        answer(attempts, decisions, "structured", "u" + i, "acme/grand", 1_620_000, "acme/grand");
      }
    }
    attempts.add(settled(intent("week-a", "before", WEEK_BEFORE), 5_000_000));
    attempts.add(settled(intent("week-b", "b1", WEDNESDAY), 10));
    var service = RunningCostService.get();
    assertEquals(
        attempts.size(),
        service.receipt(attempts.toArray(ObjectNode[]::new)).path("accepted").asInt());
    service.keep(decisions.toArray(ObjectNode[]::new));
  }

  @Test
  void a_week_tells_spending_savings_movers_and_work_that_a_cheaper_model_does_as_well() {
    JsonNode page = ask("/v1/costs/weekly?week=2026-02-13", "week-a", "caller");
    assertEquals("cost.weekly", page.path("object").asText());
    assertEquals(
        Instant.parse("2026-02-09T00:00:00Z").getEpochSecond(), page.path("start_time").asLong());
    assertEquals(
        Instant.parse("2026-02-16T00:00:00Z").getEpochSecond(), page.path("end_time").asLong());
    assertEquals(1, page.path("teams").size());
    JsonNode team = page.at("/teams/0");
    assertEquals("week-a", team.path("team").asText());
    long spent = 60 * (162_000L + 1_620_000);
    assertEquals(spent, team.at("/spent/value").decimalValue().movePointRight(9).longValueExact());
    assertEquals(spent - 5_000_000, team.path("change_nanos").asLong());
    assertEquals("acme/grand", team.at("/movers/0/model").asText());
    assertEquals(60 * 1_620_000L, team.at("/movers/0/change_nanos").asLong());
    JsonNode savings =
        ask("/v1/costs/savings?from=2026-02-09&to=2026-02-16", "week-a", "caller").at("/results/0");
    assertEquals(savings.path("saved"), team.path("saved"));
    assertEquals(savings.path("saved_ratio"), team.path("saved_ratio"));

    assertEquals(1, team.path("cheaper").size(), team.toString());
    JsonNode cheaper = team.at("/cheaper/0");
    assertEquals("bulk", cheaper.path("task_type").asText());
    assertEquals("acme/grand", cheaper.path("model").asText());
    assertEquals("acme/swift", cheaper.path("instead").asText());
    assertEquals(25, cheaper.path("answers").asInt());
    assertEquals(1, cheaper.path("accepted").asInt());
    assertEquals(25 * 162_000, cheaper.at("/would_have_cost/nanos").asLong());
    assertEquals(25 * 1_458_000, cheaper.at("/spared/nanos").asLong());
    assertTrue(page.path("cheaper").asText().contains("at least 20"), page.toString());
  }

  @Test
  void every_figure_is_what_the_statement_beside_it_recomputes() throws Exception {
    int compared = 0;
    try (var connection = service.database().connect();
        var statement = connection.createStatement()) {
      for (JsonNode team :
          ask("/v1/costs/weekly?week=2026-02-09&explain=true", "ops", "admin").path("teams")) {
        for (var told : team.path("explain").properties()) {
          compared++;
          JsonNode figure = team.at(told.getKey());
          assertTrue(figure.isNumber(), told.toString());
          try (var rows = statement.executeQuery(told.getValue().asText())) {
            assertTrue(rows.next(), told.toString());
            assertEquals(
                0,
                figure.decimalValue().compareTo(rows.getBigDecimal(1)),
                () -> told + " is not " + figure);
          }
        }
      }
    }
    // Five of each team, three of each mover, nine of the hint.
    assertEquals(2 * 5 + 3 * 3 + 9, compared);
  }

  @Test
  void an_admin_sees_all_teams_and_a_team_itself() {
    JsonNode all = ask("/v1/costs/weekly?week=2026-02-09", "ops", "admin").path("teams");
    assertEquals(2, all.size());
    assertEquals("week-a", all.at("/0/team").asText());
    assertEquals("week-b", all.at("/1/team").asText());
    assertEquals(10, all.at("/1/change_nanos").asLong());
    assertEquals(
        403,
        service
            .get("/v1/costs/weekly?week=2026-02-09&team=week-a", "week-b", "caller")
            .statusCode());
    assertEquals(400, service.get("/v1/costs/weekly?week=monday", "week-b", "caller").statusCode());
    assertEquals(200, service.get("/v1/costs/weekly", "week-b", "caller").statusCode());
  }

  private static void answer(
      List<ObjectNode> attempts,
      List<ObjectNode> decisions,
      String taskType,
      String request,
      String model,
      long nanos,
      String taken) {
    attempts.add(
        settled(intent("week-a", request, WEDNESDAY), nanos)
            .put("task_type", taskType)
            .put("model", model));
    decisions.add(
        decision("week-a", request, WEDNESDAY).put("task_type", taskType).put("model", taken));
  }

  private JsonNode ask(String path, String team, String roles) {
    HttpResponse<String> response = service.get(path, team, roles);
    assertEquals(200, response.statusCode(), response.body());
    return tree(response);
  }
}
