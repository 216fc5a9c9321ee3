package dev.flotilla.cost.report;

import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;
import static dev.flotilla.cost.running.RunningCostService.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.cost.running.RunningCostService;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Days of March 2026 belong to this class, teams red and blue too. */
class CostReportIT {
  private static final String MARCH = "/v1/costs?from=2026-03-01&to=2026-03-04";
  private final RunningCostService service = RunningCostService.get();

  @BeforeAll
  static void rows() {
    var service = RunningCostService.get();
    // Request r1 of red: a retry, so two attempts.
    var failed = intent("red", "r1", Instant.parse("2026-03-01T10:15:00Z"));
    failed.put("state", "void").put("outcome", "connect").put("ended_at", "2026-03-01T10:15:01Z");
    var answered = settled(intent("red", "r1", Instant.parse("2026-03-01T10:15:02Z")), 20);
    var estimated =
        settled(intent("red", "r2", Instant.parse("2026-03-01T23:59:59.999Z")), 1_000_000_005);
    estimated.put("state", "estimated").put("estimated", true).put("task_type", "complex");
    // Midnight belongs to the next day.
    var midnight = settled(intent("red", "r3", Instant.parse("2026-03-02T00:00:00Z")), 300);
    midnight.putNull("task_type").put("model", "acme/grand");
    var open = intent("red", "r3", Instant.parse("2026-03-02T00:00:01Z"));
    open.put("floor_nanos", 4).put("ceiling_nanos", 40);
    var pretend = settled(intent("red", "r4", Instant.parse("2026-03-02T05:00:00Z")), 7_000);
    pretend.put("simulated", true);
    var pretendAlone = settled(intent("red", "r5", Instant.parse("2026-04-02T05:00:00Z")), 9_000);
    pretendAlone.put("simulated", true);
    // The range ends before this one.
    var after = settled(intent("red", "r6", Instant.parse("2026-03-04T00:00:00Z")), 1);
    var others = settled(intent("blue", "b1", Instant.parse("2026-03-01T12:00:00Z")), 50);
    var receipt =
        service.receipt(
            failed, answered, estimated, midnight, open, pretend, pretendAlone, after, others);
    assertEquals(9, receipt.path("accepted").asInt(), receipt.toString());
  }

  @Test
  void days_add_up_to_what_one_can_compute_by_hand() {
    JsonNode page = ask(MARCH, "red", "caller");
    assertEquals("page", page.path("object").asText());
    assertFalse(page.path("has_more").asBoolean());
    assertTrue(page.path("next_page").isNull());
    assertEquals(3, page.path("data").size());

    JsonNode first = page.at("/data/0");
    assertEquals("bucket", first.path("object").asText());
    assertEquals(
        Instant.parse("2026-03-01T00:00:00Z").getEpochSecond(), first.path("start_time").asLong());
    assertEquals(
        Instant.parse("2026-03-02T00:00:00Z").getEpochSecond(), first.path("end_time").asLong());
    JsonNode day1 = first.at("/results/0");
    assertEquals(1_000_000_025, day1.path("cost_nanos").asLong());
    assertEquals(1_000_000_005, day1.path("estimated_nanos").asLong());
    assertEquals(3, day1.path("attempts").asInt());
    assertEquals(2, day1.path("requests").asInt());
    assertEquals(240, day1.path("prompt_tokens").asInt());
    assertEquals(40, day1.path("cached_tokens").asInt());
    assertEquals(60, day1.path("completion_tokens").asInt());
    assertFalse(day1.path("simulated").asBoolean());

    JsonNode day2 = page.at("/data/1/results/0");
    assertEquals(300, day2.path("cost_nanos").asLong());
    assertEquals(
        "{\"requests\":1,\"floor_nanos\":4,\"ceiling_nanos\":40}", day2.path("unknown").toString());
    assertEquals(2, day2.path("attempts").asInt());
    assertEquals(1, day2.path("requests").asInt());
    assertEquals(0, page.at("/data/2/results").size());
  }

  @Test
  void dollars_are_plain_decimals_however_small() {
    String body = service.get(MARCH + "&group_by=task_type", "red", "caller").body();
    assertTrue(body.contains("\"value\":0.00000002,"), body);
    assertTrue(body.contains("\"value\":1.000000005,"), body);
    assertTrue(body.contains("\"value\":0.0000003,"), body);
    assertFalse(body.contains("E-"), body);
  }

  @Test
  void groups_name_what_was_asked_for_and_null_where_there_is_none() {
    JsonNode page = ask(MARCH + "&group_by=model,task_type", "red", "caller");
    assertEquals(
        "{\"model\":\"acme/swift\",\"task_type\":\"complex\"}",
        page.at("/data/0/results/0/group").toString());
    assertEquals(
        "{\"model\":\"acme/swift\",\"task_type\":\"bulk\"}",
        page.at("/data/0/results/1/group").toString());
    assertEquals(
        "{\"model\":\"acme/grand\",\"task_type\":null}",
        page.at("/data/1/results/0/group").toString());
  }

  @Test
  void hours_are_pages_that_lead_to_each_other() {
    String path =
        "/v1/costs?from=2026-03-01T10:00:00Z&to=2026-03-01T13:30:00Z&bucket=1h&limit=2&team=red";
    JsonNode first = ask(path, "ops", "admin");
    assertTrue(first.path("has_more").asBoolean());
    assertEquals(20, first.at("/data/0/results/0/cost_nanos").asLong());
    JsonNode second = ask(path + "&page=" + first.path("next_page").asText(), "ops", "admin");
    assertFalse(second.path("has_more").asBoolean());
    assertEquals(2, second.path("data").size());
    assertEquals(
        Instant.parse("2026-03-01T13:30:00Z").getEpochSecond(),
        second.at("/data/1/end_time").asLong());
  }

  @Test
  void simulated_rows_count_only_when_asked_for_or_alone_and_never_in_the_same_sum() {
    assertEquals(1, ask(MARCH, "red", "caller").at("/data/1/results").size());
    JsonNode asked = ask(MARCH + "&include_simulated=true", "red", "caller").at("/data/1/results");
    assertEquals(2, asked.size());
    assertEquals(7_000, asked.at("/0/cost_nanos").asLong());
    assertTrue(asked.at("/0/simulated").asBoolean());
    assertEquals(300, asked.at("/1/cost_nanos").asLong());

    String april = "/v1/costs?from=2026-04-01&to=2026-04-04";
    JsonNode alone = ask(april, "red", "caller").at("/data/1/results/0");
    assertEquals(9_000, alone.path("cost_nanos").asLong());
    assertTrue(alone.path("simulated").asBoolean());
    assertEquals(
        0, ask(april + "&include_simulated=false", "red", "caller").at("/data/1/results").size());
  }

  @Test
  void a_team_sees_only_itself_and_an_admin_sees_all() {
    JsonNode own = ask(MARCH + "&group_by=team", "blue", "caller");
    assertEquals(1, own.at("/data/0/results").size());
    assertEquals("blue", own.at("/data/0/results/0/group/team").asText());
    assertProblem(403, "team_not_allowed", service.get(MARCH + "&team=red", "blue", "caller"));
    // Other tests may have spent in March, too.
    assertTrue(
        ask(MARCH + "&group_by=team", "ops", "viewer-all")
            .at("/data/0/results")
            .findValuesAsText("team")
            .containsAll(List.of("blue", "red")));
    assertEquals(
        50,
        ask(MARCH + "&team=blue", "ops", "caller,admin")
            .at("/data/0/results/0/cost_nanos")
            .asLong());
    assertProblem(401, "caller_required", service.getAsNobody(MARCH));
  }

  @Test
  void what_cannot_be_understood_is_refused_with_a_remedy() {
    assertProblem(400, "invalid_bucket", service.get(MARCH + "&bucket=1y", "red", "caller"));
    assertProblem(
        400, "invalid_group_by", service.get(MARCH + "&group_by=colour", "red", "caller"));
    assertProblem(400, "invalid_from", service.get("/v1/costs?from=yesterday", "red", "caller"));
    assertProblem(
        400,
        "invalid_range",
        service.get("/v1/costs?from=2026-03-02&to=2026-03-02", "red", "caller"));
    assertProblem(400, "invalid_limit", service.get(MARCH + "&limit=0", "red", "caller"));
    assertProblem(400, "invalid_page", service.get(MARCH + "&page=2", "red", "caller"));
    assertProblem(400, "invalid_page", service.get(MARCH + "&page=page_1", "red", "caller"));
    assertProblem(400, "invalid_explain", service.get(MARCH + "&explain=1", "red", "caller"));
    assertProblem(400, "invalid_group_by", service.get(MARCH + "&group_by=tag:", "red", "caller"));
    assertProblem(
        400,
        "invalid_include_simulated",
        service.get(MARCH + "&include_simulated=maybe", "red", "caller"));
    assertProblem(400, "unknown_parameter", service.get(MARCH + "&groupby=model", "red", "caller"));
    // Of two filters none is silently left out, whichever report it is.
    for (String report : List.of("", "/savings", "/roi", "/export", "/weekly")) {
      assertProblem(
          400,
          "repeated_parameter",
          service.get("/v1/costs" + report + "?team=red&team=blue", "red", "admin"));
    }
    assertProblem(
        400, "invalid_period", service.get("/v1/costs/summary?period=year", "red", "caller"));
    HttpResponse<String> response = service.get(MARCH + "&bucket=1y", "red", "caller");
    assertEquals(
        "bucket is '1y'; write 1h, 1d, 1w or 1mo.", tree(response).path("detail").asText());
  }

  @Test
  void a_second_currency_takes_each_day_at_its_own_rate() {
    JsonNode month =
        ask("/v1/costs?from=2026-03-01&to=2026-03-04&bucket=1mo&currency=pkr", "red", "caller")
            .at("/data/0/results/0");
    assertEquals(1_000_000_325, month.path("cost_nanos").asLong());
    // 1.000000025 dollars at 280, and 0.0000003 at 281.5.
    assertEquals(280.000_091_45, month.at("/amount_local/value").doubleValue());
    assertEquals("PKR", month.at("/amount_local/currency").asText());
    assertEquals(2, month.at("/amount_local/rates").size());
    assertEquals("2026-03-02", month.at("/amount_local/rates/1/date").asText());
    assertEquals(281.5, month.at("/amount_local/rates/1/rate").doubleValue());
    // A rate holds until the next one.
    JsonNode euros =
        ask(MARCH + "&currency=EUR&group_by=task_type", "red", "caller")
            .at("/data/0/results/0/amount_local");
    assertEquals(0.900_000_004_5, euros.path("value").doubleValue());
    assertFalse(ask(MARCH, "red", "caller").at("/data/0/results/0").has("amount_local"));
    assertProblem(400, "no_rate", service.get(MARCH + "&currency=CHF", "red", "caller"));
    assertProblem(400, "invalid_currency", service.get(MARCH + "&currency=euro", "red", "caller"));
  }

  @Test
  void the_summary_tells_this_month_and_its_dearest_models() {
    Instant now = Instant.now();
    var one = settled(intent("green", "g1", now), 30);
    var two = settled(intent("green", "g2", now), 40).put("model", "acme/grand");
    service.receipt(one, two);
    JsonNode summary = ask("/v1/costs/summary", "green", "caller");
    assertEquals("cost.summary", summary.path("object").asText());
    assertEquals("month", summary.path("period").asText());
    assertEquals(70, summary.at("/total/cost_nanos").asLong());
    assertEquals(2, summary.at("/total/requests").asLong());
    assertEquals(0.000_000_07, summary.at("/spent_today/value").doubleValue());
    assertEquals("acme/grand", summary.at("/top_models/0/group/model").asText());
    assertFalse(summary.path("simulated").asBoolean());
    assertTrue(summary.at("/forecast_this_month/value").doubleValue() >= 0.000_000_07);
    assertEquals("acme/grand", summary.at("/movers/0/model").asText());
    assertEquals(40, summary.at("/movers/0/change_nanos").asLong());
    assertEquals(0, summary.at("/movers/0/before/value").doubleValue());
    assertTrue(Instant.parse(summary.path("generated_at").asText()).isAfter(now.minusSeconds(1)));
    assertEquals(
        70,
        ask("/v1/costs/summary?period=day", "green", "caller").at("/total/cost_nanos").asLong());
    JsonNode nothing = ask("/v1/costs/summary", "nobody-yet", "caller");
    assertEquals(0, nothing.at("/total/cost_nanos").asLong());
  }

  @Test
  void every_figure_of_the_summary_is_what_the_statement_beside_it_recomputes() throws Exception {
    Instant now = Instant.now();
    service.receipt(
        settled(intent("violet", "v1", now), 1_234),
        settled(intent("violet", "v2", now), 777).put("model", "acme/grand"),
        settled(intent("violet", "v3", now.minus(Duration.ofDays(31))), 99));
    int compared = 0;
    try (var connection = service.database().connect();
        var statement = connection.createStatement()) {
      for (String team : List.of("violet", "nobody-yet")) {
        for (String period : List.of("day", "month")) {
          JsonNode summary = ask("/v1/costs/summary?explain=true&period=" + period, team, "caller");
          List<JsonNode> parts = new ArrayList<>(List.of(summary, summary.path("total")));
          summary.path("top_models").forEach(parts::add);
          for (JsonNode part : parts) {
            assertTrue(part.path("explain").size() > 2, part.toString());
            for (var told : part.path("explain").properties()) {
              try (var rows = statement.executeQuery(told.getValue().asText())) {
                assertTrue(rows.next(), told.toString());
                JsonNode figure = part.at(told.getKey());
                assertEquals(
                    0,
                    figure.decimalValue().compareTo(rows.getBigDecimal(1)),
                    () -> told + " is not " + figure);
              }
              compared++;
            }
          }
        }
      }
    }
    assertTrue(compared > 80, compared + " figures");
  }

  private JsonNode ask(String path, String team, String roles) {
    HttpResponse<String> response = service.get(path, team, roles);
    assertEquals(200, response.statusCode(), response.body());
    return tree(response);
  }

  private static void assertProblem(int status, String code, HttpResponse<String> response) {
    assertEquals(status, response.statusCode(), response.body());
    assertEquals(
        "application/problem+json", response.headers().firstValue("content-type").orElse(""));
    assertEquals(code, tree(response).path("code").asText());
    assertTrue(tree(response).path("detail").asText().length() > 15);
  }
}
