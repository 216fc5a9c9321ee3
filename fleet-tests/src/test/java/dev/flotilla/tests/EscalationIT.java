package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.REVIEWER_KEY;
import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.FaultRow;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Answers that are not good enough, requests that say how they want to be routed, and previews. */
@ExtendWith(SharedFleet.class)
class EscalationIT {
  private static final String SCHEMA =
      """
      "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":
        {"type":"object","required":["score"],"properties":{"score":{"type":"number"}}}}}""";

  private final FleetUnderTest fleet;

  EscalationIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  @FaultRow(row = 24, fault = "an answer its validators refuse")
  void an_answer_its_schema_refuses_is_paid_for_and_the_next_candidate_is_asked() throws Exception {
    fleet.alpha.always(Behaviour.says("{\"score\":\"high\"}"));
    fleet.beta.always(Behaviour.says("{\"score\":4}"));
    double before =
        fleet.metric(Service.ROUTER, "llm_router_escalations_total", "reason=\"invalid_output\"");
    double pages =
        fleet.metric(Service.ROUTER, "llm_router_fallback_answers_total", "invalid_output");
    HttpResponse<String> answer = fleet.chat(request("rate it", SCHEMA));
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("beta/m", header(answer, "x-model-used"));
    assertEquals("1", header(answer, "x-fallback-count"));
    assertEquals("invalid_output", header(answer, "x-fallback-reason"));
    JsonNode attempts = json(answer.body()).at("/route/attempts");
    assertEquals(2, attempts.size());
    BigDecimal both =
        attempts
            .get(0)
            .path("cost")
            .decimalValue()
            .add(attempts.get(1).path("cost").decimalValue());
    assertTrue(attempts.get(0).path("cost").decimalValue().signum() > 0, "the draft was paid for");
    assertEquals(0, both.compareTo(new BigDecimal(header(answer, "x-cost-usd"))));
    // It is counted after the answer was given.
    fleet.awaitMetric(
        before + 1, Service.ROUTER, "llm_router_escalations_total", "reason=\"invalid_output\"");
    assertEquals(
        pages, fleet.metric(Service.ROUTER, "llm_router_fallback_answers_total", "invalid_output"));
  }

  @Test
  void when_no_candidate_passes_the_broken_rules_are_told_and_nothing_is_kept() {
    fleet.alpha.always(Behaviour.says("no idea"));
    fleet.beta.always(Behaviour.says("{\"score\":null}"));
    HttpResponse<String> answer = fleet.chat(request("rate it never", SCHEMA));
    assertEquals(502, answer.statusCode(), answer.body());
    JsonNode error = json(answer.body()).path("error");
    assertEquals("output_invalid", error.path("code").asText());
    assertEquals("json_schema", error.at("/validation/0/rule").asText());
    assertTrue(error.at("/validation/0/message").asText().contains("/score"), error.toString());
    assertEquals("false", header(answer, "x-should-retry"));
    assertFalse(answer.body().contains("no idea"));
  }

  @Test
  void what_no_model_could_answer_is_asked_of_a_person_and_the_caller_is_told_where_to_look()
      throws Exception {
    fleet.alpha.always(Behaviour.says("no idea"));
    fleet.beta.always(Behaviour.says("{\"score\":null}"));
    HttpResponse<String> answer;
    int tries = 0;
    do {
      answer =
          fleet.chat(
              request("rate it by hand", SCHEMA + ",\"route\":{\"on_exhausted\":\"human\"}"));
      // On a busy machine review-service may wait too long for its database to ask anybody.
    } while (answer.statusCode() == 502 && ++tries < 10);
    assertEquals(202, answer.statusCode(), answer.body());
    JsonNode told = json(answer.body());
    assertEquals("waiting", told.path("status").asText());
    assertEquals("output_invalid", told.at("/error/code").asText());
    String place = header(answer, "location");
    assertEquals("/v1/decisions/" + told.path("id").asText(), place);
    assertFalse(answer.body().contains("no idea"));
    String id = header(answer, "x-request-id");
    fleet.awaitRows("cost.decision", "request_id = '" + id + "' and outcome = 'server_error'", 1);

    JsonNode asked = fleet.get(REVIEWER_KEY, "/v1/decisions?queue=requests&status=waiting");
    assertTrue(asked.toString().contains("rate it by hand"), asked.toString());
    assertEquals(
        200,
        fleet
            .post(
                REVIEWER_KEY,
                place + "/decision",
                "{\"decision\": \"answered\", \"comment\": \"{\\\"score\\\":4}\"}")
            .statusCode());
    JsonNode decided = fleet.get(KEY, place);
    assertEquals("answered", decided.path("decision").asText());
    assertEquals("{\"score\":4}", decided.path("comment").asText());
    assertEquals(
        400,
        fleet
            .chat(request("x", SCHEMA + ",\"route\":{\"on_exhausted\":\"somebody\"}"))
            .statusCode());
  }

  @Test
  void best_effort_gives_the_last_answer_and_says_what_is_wrong_with_it() throws Exception {
    fleet.alpha.always(Behaviour.says("no idea"));
    fleet.beta.always(Behaviour.says("{\"score\":null}"));
    String last = request("rate it anyway", SCHEMA + ",\"route\":{\"best_effort\":\"last\"}");
    double broken = metric("llm_validation_failures_total", "rule=\"json\"");
    double schema = metric("llm_validation_failures_total", "rule=\"json_schema\"");
    double given = metric("llm_router_requests_total", "outcome=\"best_effort\"");
    double well = metric("llm_router_requests_total", "outcome=\"success\"");
    double up = metric("llm_router_escalations_total", "reason=\"invalid_output\"");
    HttpResponse<String> answer = fleet.chat(last);
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("failed", header(answer, "x-validation"));
    assertEquals("beta/m", header(answer, "x-model-used"));
    assertEquals("1", header(answer, "x-fallback-count"));
    JsonNode body = json(answer.body());
    assertEquals("{\"score\":null}", body.at("/choices/0/message/content").asText());
    assertEquals("failed", body.at("/route/validation").asText());
    assertEquals("json_schema", body.at("/route/broken_rules/0/rule").asText());
    assertTrue(body.at("/route/broken_rules/0/message").asText().contains("/score"));
    assertEquals(2, body.at("/route/attempts").size());
    fleet.awaitMetric(
        given + 1, Service.ROUTER, "llm_router_requests_total", "outcome=\"best_effort\"");
    assertEquals(well, metric("llm_router_requests_total", "outcome=\"success\""));
    assertEquals(broken + 1, metric("llm_validation_failures_total", "rule=\"json\""));
    assertEquals(schema + 1, metric("llm_validation_failures_total", "rule=\"json_schema\""));
    assertEquals(up + 1, metric("llm_router_escalations_total", "reason=\"invalid_output\""));
    String id = header(answer, "x-request-id");
    fleet.awaitRows("cost.decision", "request_id = '" + id + "' and outcome = 'best_effort'", 1);

    HttpResponse<String> again = fleet.chat(last);
    assertEquals("MISS", header(again, "x-cache"), "it was not kept");
    assertEquals(502, fleet.chat(request("rate it anyway", SCHEMA)).statusCode());
    fleet.beta.always(Behaviour.says("{\"score\":1}"));
    HttpResponse<String> good = fleet.chat(last);
    assertEquals("", header(good, "x-validation"));
    assertTrue(json(good.body()).at("/route/validation").isMissingNode(), good.body());
  }

  @Test
  void best_effort_is_also_an_earlier_answer_when_the_last_candidate_gives_none() {
    fleet.alpha.always(Behaviour.says("no idea"));
    fleet.beta.always(Behaviour.status(503));
    double broken = metric("llm_validation_failures_total", "rule=\"json\"");
    HttpResponse<String> answer =
        fleet.chat(KEY, request("rate it somehow", SCHEMA), "x-best-effort", "last");
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("alpha/m", header(answer, "x-model-used"));
    assertEquals("failed", header(answer, "x-validation"));
    assertEquals("invalid_output", header(answer, "x-fallback-reason"));
    assertEquals(2, json(answer.body()).at("/route/attempts").size());
    assertEquals(broken + 1, metric("llm_validation_failures_total", "rule=\"json\""));
  }

  @Test
  void best_effort_holds_for_streams_that_are_held_back_and_not_for_one_that_has_begun() {
    fleet.alpha.always(Behaviour.says("I am only a language model"));
    fleet.beta.always(Behaviour.says("As a language model I cannot"));
    String rules =
        "\"stream\":true,\"stream_options\":{\"include_usage\":true},\"route\":{\"best_effort\":\"last\",\"validate\":{\"rules\":[\"!text.contains('language model')\"]}}";
    HttpResponse<String> held = fleet.chat(request("say it in pieces", rules));
    assertEquals(200, held.statusCode(), held.body());
    assertEquals("failed", header(held, "x-validation"));
    assertEquals("beta/m", header(held, "x-model-used"));
    assertTrue(held.body().contains("As a language model"), held.body());
    assertTrue(held.body().contains("\"validation\":\"failed\""), held.body());
    assertTrue(held.body().endsWith("data: [DONE]\n\n"), held.body());

    String form = SCHEMA + ",\"stream\":true,\"route\":{\"best_effort\":\"last\"}";
    String live = fleet.chat(request("rate it live", form)).body();
    assertTrue(live.contains("output_invalid"), live);
    assertFalse(live.contains("[DONE]"), live);
  }

  @Test
  void the_call_that_was_not_good_enough_is_in_the_ledger_beside_the_one_that_was()
      throws Exception {
    fleet.alpha.always(Behaviour.says("not JSON at all"));
    fleet.beta.always(Behaviour.says("{\"score\":7}"));
    HttpResponse<String> answer = fleet.chat(request("rate it row by row", SCHEMA));
    assertEquals("beta/m", header(answer, "x-model-used"), answer.body());
    String its = "request_id = '" + header(answer, "x-request-id") + "'";
    fleet.awaitRows(its + " and state = 'settled'", 2);
    fleet.awaitRows("cost.decision", its, 1);
    var rows = new ArrayList<String>();
    long nanos = 0;
    try (var connection = fleet.ledger();
        var statement = connection.createStatement();
        var found =
            statement.executeQuery(
                "select model, outcome, team, origin, cost_nanos from cost.attempt where "
                    + its
                    + " order by started_at")) {
      while (found.next()) {
        rows.add(
            "%s %s %s %s"
                .formatted(
                    found.getString(1),
                    found.getString(2),
                    found.getString(3),
                    found.getString(4)));
        assertTrue(found.getLong(5) > 0, "paid for");
        nanos += found.getLong(5);
      }
    }
    assertEquals(List.of("alpha/m ok growth chat", "beta/m ok growth chat"), rows);
    assertEquals(
        new BigDecimal(header(answer, "x-cost-usd")).movePointRight(9).longValueExact(), nanos);
    JsonNode told = fleet.get(KEY, "/v1/requests/" + header(answer, "x-request-id"));
    assertEquals("beta/m", told.path("model").asText());
    assertEquals("invalid_output", told.path("fallback_reason").asText());
    assertEquals(2, told.path("attempts").size());
  }

  private double metric(String name, String label) {
    return fleet.metric(Service.ROUTER, name, label);
  }

  @Test
  @FaultRow(row = 78, fault = "a stream whose answer turned out wrong")
  void a_stream_that_turns_out_wrong_does_not_look_finished() {
    fleet.alpha.always(Behaviour.says("{\"score\":"));
    String body = request("rate it in pieces", SCHEMA + ",\"stream\":true");
    HttpResponse<String> answer = fleet.chat(body);
    assertEquals(200, answer.statusCode());
    assertTrue(answer.body().contains("event: error"), answer.body());
    assertTrue(answer.body().contains("output_invalid"), answer.body());
    assertFalse(answer.body().contains("[DONE]"), answer.body());
    fleet.alpha.always(Behaviour.says("{\"score\":1}"));
    assertEquals("MISS", header(fleet.chat(body), "x-cache"), "the wrong one was not kept");
  }

  @Test
  void what_a_rule_forbids_is_not_even_begun_to_be_streamed() {
    fleet.alpha.always(Behaviour.says("I am only a language model"));
    fleet.beta.always(Behaviour.says("The tide turns at six"));
    String rules =
        "\"stream\":true,\"route\":{\"validate\":{\"rules\":[{\"rule\":\"!text.contains('language model')\",\"message\":\"no excuses\"}]}}";
    HttpResponse<String> answer = fleet.chat(request("when does the tide turn?", rules));
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("invalid_output", header(answer, "x-fallback-reason"));
    assertFalse(answer.body().contains("only a"), answer.body());
    assertTrue(answer.body().contains("The tide"), answer.body());
    assertTrue(answer.body().endsWith("data: [DONE]\n\n"), answer.body());
  }

  @Test
  @FaultRow(row = 59, fault = "a request dearer than its caller allows")
  void a_limit_of_cost_is_kept_before_anything_is_spent() {
    long asked = fleet.alpha.requests() + fleet.beta.requests();
    HttpResponse<String> answer =
        fleet.chat(KEY, ask("auto", "for nothing, please"), "x-max-cost-usd", "0.000000001");
    assertEquals(402, answer.statusCode(), answer.body());
    JsonNode error = json(answer.body()).path("error");
    assertEquals("insufficient_quota", error.path("type").asText());
    assertEquals("max_cost_exceeded", error.path("code").asText());
    assertEquals("router", error.path("source").asText());
    assertEquals(asked, fleet.alpha.requests() + fleet.beta.requests());
    assertEquals(
        200,
        fleet.chat(KEY, ask("auto", "for a cent, please"), "x-max-cost-usd", "0.01").statusCode());
  }

  @Test
  void request_cache_control_means_what_the_standard_says() {
    String question = ask("auto", "what does cache-control do?");
    assertEquals(504, cached(question, "only-if-cached").statusCode());
    assertEquals("BYPASS", header(cached(question, "no-store"), "x-cache"));
    assertEquals(504, cached(question, "only-if-cached").statusCode(), "no-store kept nothing");
    assertEquals("REFRESH", header(cached(question, "no-cache"), "x-cache"));
    HttpResponse<String> kept = cached(question, "only-if-cached");
    assertEquals("HIT", header(kept, "x-cache"));
    assertFalse(header(kept, "age").isEmpty());
    assertEquals("HIT", header(cached(question, "max-age=3600"), "x-cache"));
    assertEquals("REFRESH", header(cached(question, "max-age=0"), "x-cache"));
    String off =
        "{\"model\":\"auto\",\"route\":{\"cache\":\"off\"},\"messages\":[{\"role\":\"user\",\"content\":\"what does cache-control do?\"}]}";
    assertEquals("BYPASS", header(fleet.chat(KEY, off, "cache-control", "no-cache"), "x-cache"));
  }

  @Test
  void hints_come_in_headers_too_and_a_wrong_one_is_named() {
    HttpResponse<String> answer =
        fleet.chat(
            KEY,
            ask("auto", "translate this by header"),
            "x-task-type",
            "complex",
            "x-tags",
            "feature=hints");
    assertEquals("complex", header(answer, "x-task-type"));
    assertEquals("hint", header(answer, "x-routed-by"));
    fleet.alpha.always(Behaviour.status(503));
    HttpResponse<String> other =
        fleet.chat(KEY, ask("alpha/m", "one model and a spare"), "x-fallbacks", "beta/m");
    assertEquals("beta/m", header(other, "x-model-used"));
    HttpResponse<String> wrong = fleet.chat(KEY, ask("auto", "x"), "x-task-type", "hard");
    assertEquals(400, wrong.statusCode());
    JsonNode error = json(wrong.body()).path("error");
    assertEquals("unknown_task_type", error.path("code").asText());
    assertEquals("x-task-type", error.path("param").asText());
  }

  @Test
  void a_preview_says_what_would_be_done_and_spends_nothing() throws Exception {
    long asked = fleet.alpha.requests() + fleet.beta.requests();
    String question = ask("auto", "Translate a preview");
    JsonNode preview = json(fleet.post(KEY, "/v1/route", question).body());
    assertEquals("bulk", preview.path("task_type").asText());
    assertEquals("rules", preview.path("decided_by").asText());
    assertEquals("keyword:translate", preview.at("/matched_rules/0").asText());
    assertEquals("alpha/m", preview.at("/candidates/0/model").asText());
    assertTrue(preview.at("/candidates/0/est_cost_usd").decimalValue().signum() > 0);
    assertEquals("up", preview.at("/candidates/0/status").asText());
    assertEquals("miss", preview.path("cache").asText());
    HttpResponse<String> twin = fleet.chat(KEY, question, "x-dry-run", "true");
    assertEquals(preview.path("candidates"), json(twin.body()).path("candidates"));
    assertEquals(asked, fleet.alpha.requests() + fleet.beta.requests());
    fleet.chat(question);
    assertEquals("hit", json(fleet.post(KEY, "/v1/route", question).body()).path("cache").asText());
  }

  @Test
  void a_chain_that_just_failed_is_not_tried_again_at_once() {
    fleet.alpha.always(Behaviour.status(503));
    fleet.beta.always(Behaviour.status(503));
    String question = ask("auto", "fail me twice");
    HttpResponse<String> first = fleet.chat(question);
    assertEquals(503, first.statusCode());
    long asked = fleet.alpha.requests() + fleet.beta.requests();
    HttpResponse<String> second = fleet.chat(question);
    assertEquals(503, second.statusCode());
    assertEquals(asked, fleet.alpha.requests() + fleet.beta.requests());
    assertEquals("false", header(second, "x-should-retry"));
    assertFalse(header(second, "retry-after").isEmpty());
  }

  private HttpResponse<String> cached(String question, String control) {
    return fleet.chat(KEY, question, "cache-control", control);
  }

  private static String request(String text, String more) {
    return "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\""
        + text
        + "\"}],"
        + more
        + "}";
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
