package dev.flotilla.cost.request;

import static dev.flotilla.cost.running.RunningCostService.decision;
import static dev.flotilla.cost.running.RunningCostService.hit;
import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;
import static dev.flotilla.cost.running.RunningCostService.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.cost.running.RunningCostService;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Teams north and south belong to this class. */
class RequestHistoryIT {
  private static final Instant START = Instant.parse("2026-07-01T10:00:00.123Z");
  private static final String TRACEPARENT =
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

  private final RunningCostService service = RunningCostService.get();

  @Test
  void a_request_is_its_decision_and_its_attempts() {
    ObjectNode failed =
        intent("north", "req_told", START)
            .put("state", "void")
            .put("outcome", "connect")
            .put("ended_at", START.plusMillis(40).toString());
    ObjectNode answered = settled(intent("north", "req_told", START.plusMillis(50)), 21_300);
    ObjectNode lost = intent("north", "req_told", START.plusMillis(45)).put("floor_nanos", 5);
    service.receipt(answered, failed, lost);
    service.keep(
        decision("north", "req_told", START)
            .put("fallback_count", 2)
            .put("fallback_reason", "connect"));

    JsonNode told = ask("req_told", "north", "caller");
    assertEquals("request", told.path("object").asText());
    assertTrue(told.path("decision_arrived").asBoolean());
    assertEquals(START.toString(), told.path("at").asText());
    assertEquals("bulk", told.path("task_type").asText());
    assertEquals("rules", told.path("decided_by").asText());
    assertEquals(0.57, told.path("confidence").asDouble());
    assertEquals("[\"keyword:translate\"]", told.path("matched_rules").toString());
    assertEquals(
        "[{\"from\":\"rules\",\"says\":\"bulk\",\"value\":0.57}]", told.path("signals").toString());
    assertEquals("miss", told.path("cache").asText());
    assertEquals("acme/swift", told.path("model").asText());
    assertEquals(2, told.path("fallback_count").asInt());
    assertEquals("connect", told.path("fallback_reason").asText());
    assertEquals(200, told.path("status").asInt());
    assertEquals("0af7651916cd43dd8448eb211c80319c", told.path("trace_id").asText());

    JsonNode attempts = told.path("attempts");
    assertEquals(3, attempts.size());
    assertEquals("connect", attempts.at("/0/outcome").asText());
    assertEquals(40, attempts.at("/0/duration_ms").asInt());
    assertEquals("unknown", attempts.at("/1/state").asText());
    assertTrue(attempts.at("/1/cost_nanos").isNull());
    assertTrue(attempts.at("/1/duration_ms").isNull());
    assertEquals(5, attempts.at("/1/floor_nanos").asLong());
    assertEquals(90_000, attempts.at("/1/ceiling_nanos").asLong());
    assertEquals(answered.path("attempt_id").asText(), attempts.at("/2/attempt_id").asText());
    assertEquals("acme", attempts.at("/2/provider").asText());
    assertEquals(30, attempts.at("/2/usage/output_tokens").asInt());
    String body = get("req_told", "north", "caller").body();
    assertTrue(
        body.contains("\"cost\":{\"usd\":0.0000213,\"nanos\":21300,\"unknown_attempts\":1}"), body);
    assertTrue(body.contains("\"cost_usd\":0.0000213"), body);
  }

  @Test
  void attempts_are_told_while_the_decision_is_still_on_its_way() {
    service.receipt(
        settled(intent("north", "req_early", START), 7).put("traceparent", TRACEPARENT));
    JsonNode told = ask("req_early", "north", "caller");
    assertFalse(told.path("decision_arrived").asBoolean());
    assertTrue(told.path("decided_by").isNull());
    assertTrue(told.path("status").isNull());
    assertEquals("bulk", told.path("task_type").asText());
    assertEquals("0af7651916cd43dd8448eb211c80319c", told.path("trace_id").asText());
    assertEquals(7, told.at("/cost/nanos").asLong());
    assertEquals(1, told.path("attempts").size());

    service.keep(decision("north", "req_early", START));
    assertTrue(ask("req_early", "north", "caller").path("decision_arrived").asBoolean());
  }

  @Test
  void an_answer_from_the_cache_has_no_attempts_and_tells_what_it_once_took() {
    service.keep(hit(decision("north", "req_hit", START)));
    JsonNode told = ask("req_hit", "north", "caller");
    assertEquals("hit", told.path("cache").asText());
    assertEquals(0, told.path("attempts").size());
    assertEquals(0, told.at("/cost/nanos").asLong());
    assertEquals(100, told.at("/usage/input_tokens").asInt());
  }

  @Test
  void other_teams_see_nothing_of_it_and_an_admin_sees_all() {
    service.keep(decision("north", "req_shared", START));
    assertProblem(404, "request_not_found", get("req_shared", "south", "caller"));
    assertProblem(404, "request_not_found", get("req_nobody_knows", "north", "caller"));
    assertEquals("north", ask("req_shared", "ops", "admin").path("team").asText());

    // Callers choose their ids: another team's request of the same name is another request.
    service.keep(decision("south", "req_shared", START.plusSeconds(5)).put("task_type", "complex"));
    assertEquals("bulk", ask("req_shared", "north", "caller").path("task_type").asText());
    assertEquals("complex", ask("req_shared", "south", "caller").path("task_type").asText());
    assertEquals("south", ask("req_shared", "ops", "viewer-all").path("team").asText());
    assertProblem(401, "caller_required", service.getAsNobody("/v1/requests/req_shared"));
  }

  @Test
  void a_decision_sent_twice_is_kept_once_and_the_first_one_stays() {
    ObjectNode first = decision("north", "req_twice", START);
    assertReceipt("1/0/0", service.keep(first));
    assertReceipt("0/1/0", service.keep(first.deepCopy().put("task_type", "complex")));
    assertEquals("bulk", ask("req_twice", "north", "caller").path("task_type").asText());
    ObjectNode other = decision("north", "req_same_batch", START);
    assertReceipt("1/1/0", service.keep(other, other));
  }

  @Test
  void a_bad_decision_is_refused_alone_and_too_many_are_refused_whole() {
    ObjectNode good = decision("north", "req_good", START);
    ObjectNode nameless = decision("north", "x", START);
    nameless.remove("request_id");
    assertReceipt(
        "1/0/5",
        service.keep(
            nameless,
            decision("north", "bad", START).put("at", "yesterday"),
            good,
            decision("north", "bad", START).put("confidence", 7),
            decision("north", "bad", START).put("status", -1),
            decision("north", "bad", START).put("matched_rules", "none")));
    ObjectNode[] many =
        IntStream.range(0, 501).mapToObj(i -> good).toList().toArray(ObjectNode[]::new);
    ObjectNode batch = RunningCostService.JSON.createObjectNode();
    batch.putArray("decisions").addAll(List.of(many));
    assertProblem(413, "batch_too_large", service.postDecisions(batch.toString()));
    assertProblem(400, "invalid_batch", service.postDecisions("{\"entries\":[]}"));
    assertProblem(400, "invalid_json", service.postDecisions("{"));
  }

  private JsonNode ask(String id, String team, String roles) {
    HttpResponse<String> response = get(id, team, roles);
    assertEquals(200, response.statusCode(), response.body());
    return tree(response);
  }

  private HttpResponse<String> get(String id, String team, String roles) {
    return service.get("/v1/requests/" + id, team, roles);
  }

  private static void assertReceipt(String expected, JsonNode receipt) {
    assertEquals(
        expected,
        receipt.path("accepted")
            + "/"
            + receipt.path("duplicate")
            + "/"
            + receipt.path("rejected"));
  }

  private static void assertProblem(int status, String code, HttpResponse<String> response) {
    assertEquals(status, response.statusCode(), response.body());
    assertEquals(
        "application/problem+json", response.headers().firstValue("content-type").orElse(""));
    assertEquals(code, tree(response).path("code").asText());
  }
}
