package dev.flotilla.cost.roi;

import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;
import static dev.flotilla.cost.running.RunningCostService.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.cost.running.RunningCostService;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Pipelines whose names begin with roi belong to this class, and team roi. An hour by hand is 3,500
 * rupees; a dollar is 280 of them on the 21st of January 2026 and 281.5 from the 22nd on.
 */
class RoiIT {
  private final RunningCostService service = RunningCostService.get();

  @BeforeAll
  static void rows() {
    var lost = intent("roi", "q5", Instant.parse("2026-01-22T09:00:00Z"));
    lost.put("pipeline", "roi-content").put("run_id", "run-b");
    assertEquals(
        6,
        RunningCostService.get()
            .receipt(
                step("run-a", "q1", "2026-01-21T23:00:00Z", 1_000_000_000, "roi-content"),
                step("run-a", "q2", "2026-01-22T01:00:00Z", 2_000_000_000, "roi-content"),
                step("run-b", "q3", "2026-01-22T08:00:00Z", 500_000_000, "roi-content"),
                lost,
                // Outside of a run a request counts as one.
                step(null, "q6", "2026-01-22T08:00:00Z", 250_000_000, "roi-dollars"),
                step("run-c", "q7", "2026-01-22T08:00:00Z", 1, "roi-unknown"))
            .path("accepted")
            .asInt());
  }

  @Test
  void a_pipeline_stands_beside_the_same_work_by_hand_in_the_currency_of_its_hour() {
    JsonNode pipelines = ask("/v1/costs/roi?from=2026-01-21&to=2026-01-24").path("pipelines");
    assertEquals(3, pipelines.size());
    JsonNode content = pipelines.get(0);
    assertEquals("roi-content", content.path("pipeline").asText());
    assertEquals(2, content.path("runs").asInt());
    assertEquals(3.5, content.path("cost").asDouble());
    assertEquals(1.75, content.path("cost_per_run").asDouble());
    JsonNode work = content.path("work");
    assertEquals("PKR", work.path("currency").asText());
    // Two runs of 45 minutes; a dollar at 280 and two and a half at 281.5.
    assertEquals(5_250, work.path("manual").asDouble());
    assertEquals(983.75, work.path("cost").asDouble());
    assertEquals(4_266.25, work.path("saved").asDouble());
    assertEquals(4.3367, work.path("roi").asDouble());
    assertEquals(2, work.path("rates").size());
    JsonNode dollars = pipelines.get(1);
    assertEquals(1, dollars.path("runs").asInt());
    assertEquals(30, dollars.at("/work/manual").asDouble());
    assertEquals(119, dollars.at("/work/roi").asDouble());
    assertTrue(pipelines.get(2).path("work").isNull());
  }

  @Test
  void one_pipeline_stands_beside_work_that_whoever_asks_describes() {
    String range = "from=2026-01-21&to=2026-01-24";
    JsonNode asked =
        ask(
            "/v1/pipelines/roi-content/roi?manual_minutes=240&hourly_rate=2500&currency=PKR&"
                + range);
    assertEquals(1, asked.path("pipelines").size());
    JsonNode content = asked.at("/pipelines/0");
    assertEquals(1.75, content.path("cost_per_run").asDouble());
    // Two runs of four hours.
    assertEquals(20_000, content.at("/work/manual").asDouble());
    assertEquals(19_016.25, content.at("/work/saved").asDouble());
    JsonNode usual = ask("/v1/pipelines/roi-content/roi?" + range);
    assertEquals(5_250, usual.at("/pipelines/0/work/manual").asDouble());
    assertEquals(0, ask("/v1/pipelines/nobody/roi?" + range).path("pipelines").size());
    for (String wrong :
        new String[] {"manual_minutes=240", "manual_minutes=0&hourly_rate=1", "currency=XXX"}) {
      assertEquals(
          400,
          service.get("/v1/pipelines/roi-content/roi?" + wrong, "roi", "caller").statusCode(),
          wrong);
    }
  }

  @Test
  void a_run_counts_where_it_began_and_its_cost_where_it_was_spent() {
    JsonNode content = ask("/v1/costs/roi?from=2026-01-22&to=2026-01-24").at("/pipelines/0");
    assertEquals(1, content.path("runs").asInt());
    assertEquals(2.5, content.path("cost").asDouble());
  }

  @Test
  void every_figure_is_what_the_statement_beside_it_recomputes() throws Exception {
    int compared = 0;
    try (var connection = service.database().connect();
        var statement = connection.createStatement()) {
      for (String range :
          new String[] {"from=2026-01-21&to=2026-01-24", "from=2026-01-22&to=2026-01-24"}) {
        for (JsonNode pipeline : ask("/v1/costs/roi?explain=true&" + range).path("pipelines")) {
          for (var told : pipeline.path("explain").properties()) {
            compared++;
            try (var rows = statement.executeQuery(told.getValue().asText())) {
              assertTrue(rows.next(), told.toString());
              BigDecimal figure = pipeline.at(told.getKey()).decimalValue();
              assertEquals(
                  0, figure.compareTo(rows.getBigDecimal(1)), () -> told + " is not " + figure);
            }
          }
        }
      }
    }
    assertEquals(34, compared);
  }

  private static ObjectNode step(
      String run, String request, String at, long nanos, String pipeline) {
    ObjectNode entry =
        settled(intent("roi", request, Instant.parse(at)), nanos).put("pipeline", pipeline);
    return run == null ? entry : entry.put("run_id", run);
  }

  private JsonNode ask(String path) {
    HttpResponse<String> response = service.get(path, "roi", "caller");
    assertEquals(200, response.statusCode(), response.body());
    return tree(response);
  }
}
