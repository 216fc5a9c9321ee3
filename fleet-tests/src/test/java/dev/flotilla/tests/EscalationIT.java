package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
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
  void an_answer_its_schema_refuses_is_paid_for_and_the_next_candidate_is_asked() {
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
    assertEquals(
        before + 1,
        fleet.metric(Service.ROUTER, "llm_router_escalations_total", "reason=\"invalid_output\""));
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
