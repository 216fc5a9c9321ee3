package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.learning.confidence.AuditedAnswer;
import dev.flotilla.learning.confidence.ConfidenceTraining;
import dev.flotilla.learning.confidence.Features;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alpha is cheap, gives logprobs and is doubted; beta is who is asked instead. */
class ConfidenceIT {
  private static final double SURE = -0.01;
  private static final double UNDECIDED = -0.45;
  private static final double UNSURE = -3;

  private static FleetUnderTest fleet;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    Path config = Files.createDirectories(folder.resolve("config"));
    ConfidenceTraining.train(audits(), "made up").write(config.resolve("confidence.model"));
    Files.writeString(
        config.resolve("routing.yaml"),
        FleetUnderTest.routing()
            .replace(
                "bulk: {candidates: [alpha/m, beta/m]",
                "bulk: {candidates: [alpha/m, beta/m], confidence: {model: confidence.model}"));
    fleet = FleetUnderTest.start(folder);
  }

  @AfterAll
  static void close() {
    fleet.close();
  }

  @BeforeEach
  void theStrongOneIsWell() {
    fleet.beta.always(Behaviour.says("Godmorgen, says the strong one"));
  }

  /** Half of the prompts are hard and half of the answers to those are bad, which mostly shows. */
  private static List<AuditedAnswer> audits() {
    var random = new Random(7);
    var audits = new ArrayList<AuditedAnswer>();
    for (int i = 0; i < 3000; i++) {
      boolean good = random.nextBoolean() || random.nextBoolean();
      double logprob = -Math.abs((good ? 0.1 : 0.8) + 0.25 * random.nextGaussian());
      double agreement = Math.clamp((good ? 0.9 : 0.3) + 0.15 * random.nextGaussian(), 0, 1);
      audits.add(
          new AuditedAnswer("bulk", "alpha/m", new Features(logprob, agreement, null), good));
    }
    return audits;
  }

  private static HttpResponse<String> ask(String id, String more) {
    return fleet.chat(
        FleetUnderTest.KEY,
        "{\"model\":\"auto/bulk\",\"messages\":[{\"role\":\"user\",\"content\":\"Translate for "
            + id
            + "\"}]"
            + more
            + "}",
        "x-request-id",
        id,
        "x-route-explain",
        "true");
  }

  @Test
  void a_sure_answer_is_given_and_nobody_else_is_asked() throws Exception {
    fleet.alpha.always(Behaviour.surely("Godmorgen", SURE));
    long asked = fleet.alpha.requests();
    long strong = fleet.beta.requests();
    String id = id();
    HttpResponse<String> answer = ask(id, "");
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("alpha/m", header(answer, "x-model-used"));
    assertEquals("0", header(answer, "x-fallback-count"));
    assertEquals(asked + 1, fleet.alpha.requests());
    assertEquals(strong, fleet.beta.requests());
    assertTrue(fleet.alpha.lastRequest().body().contains("\"logprobs\":true"));
    JsonNode body = json(answer.body());
    assertTrue(body.at("/choices/0/logprobs").isNull(), "nobody asked for them");
    assertTrue(body.at("/route/confidence_score").asDouble() > 0.9, answer.body());
    assertEquals(SURE, body.at("/route/confidences/0/features/logprob").asDouble(), 1e-9);
    assertTrue(body.at("/route/confidences/0/accepted").asBoolean());
    fleet.awaitRows("request_id = '" + id + "' and state = 'settled'", 1);
    assertCostIsTheLedgers(answer, id);
    assertEquals("HIT", header(ask(id, ""), "x-cache"));
  }

  @Test
  void an_unsure_answer_is_paid_for_and_the_strong_one_is_asked() throws Exception {
    fleet.alpha.always(Behaviour.surely("God måne", UNSURE));
    double before =
        fleet.metric(Service.ROUTER, "llm_router_escalations_total", "reason=\"low_confidence\"");
    String id = id();
    HttpResponse<String> answer = ask(id, "");
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("beta/m", header(answer, "x-model-used"));
    assertEquals("low_confidence", header(answer, "x-fallback-reason"));
    assertEquals("1", header(answer, "x-fallback-count"));
    assertFalse(fleet.beta.lastRequest().body().contains("logprobs"), "only where they tell");
    JsonNode route = json(answer.body()).path("route");
    assertEquals(2, route.path("attempts").size());
    assertFalse(route.has("confidence_score"), "nobody doubts the last");
    assertFalse(route.at("/confidences/0/accepted").asBoolean(true));
    fleet.awaitRows("request_id = '" + id + "' and state = 'settled'", 2);
    assertCostIsTheLedgers(answer, id);
    assertEquals(
        before + 1,
        fleet.metric(Service.ROUTER, "llm_router_escalations_total", "reason=\"low_confidence\""));
  }

  @Test
  void an_undecided_answer_is_asked_for_again_and_accepted_when_both_agree() throws Exception {
    fleet.alpha.always(Behaviour.surely("Godmorgen, min ven", UNDECIDED));
    long asked = fleet.alpha.requests();
    long strong = fleet.beta.requests();
    String id = id();
    HttpResponse<String> answer = ask(id, ",\"temperature\":0");
    assertEquals("alpha/m", header(answer, "x-model-used"), answer.body());
    assertEquals(asked + 2, fleet.alpha.requests());
    assertEquals(strong, fleet.beta.requests());
    JsonNode second = json(fleet.alpha.lastRequest().body());
    assertEquals(0.7, second.path("temperature").asDouble());
    assertFalse(second.has("logprobs"), second::toString);
    assertEquals("0", header(answer, "x-retry-count"));
    JsonNode route = json(answer.body()).path("route");
    assertEquals(2, route.path("attempts").size());
    assertEquals(1, route.at("/confidences/0/features/agreement").asDouble());
    fleet.awaitRows("request_id = '" + id + "' and origin = 'sample' and state = 'settled'", 1);
    fleet.awaitRows("request_id = '" + id + "' and origin = 'chat' and state = 'settled'", 1);
    assertCostIsTheLedgers(answer, id);
  }

  @Test
  void answers_that_do_not_agree_are_refused() throws Exception {
    fleet.alpha.always(Behaviour.surely("Godmorgen", UNDECIDED));
    fleet.alpha.next(1, Behaviour.surely("Hvad behager?", UNDECIDED));
    String id = id();
    HttpResponse<String> answer = ask(id, "");
    assertEquals("beta/m", header(answer, "x-model-used"), answer.body());
    assertEquals("low_confidence", header(answer, "x-fallback-reason"));
    fleet.awaitRows("request_id = '" + id + "' and state = 'settled'", 3);
    assertCostIsTheLedgers(answer, id);
  }

  @Test
  void an_unsure_answer_is_better_than_none_and_not_kept() throws Exception {
    fleet.alpha.always(Behaviour.surely("God måne", UNSURE));
    fleet.beta.always(Behaviour.status(503));
    String id = id();
    HttpResponse<String> answer = ask(id, "");
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("alpha/m", header(answer, "x-model-used"));
    assertEquals("overloaded", header(answer, "x-fallback-reason"));
    JsonNode body = json(answer.body());
    assertEquals("God måne", body.at("/choices/0/message/content").asText());
    assertTrue(body.at("/choices/0/logprobs").isNull());
    assertTrue(body.at("/route/confidence_score").asDouble() < 0.5, answer.body());
    fleet.awaitRows("request_id = '" + id + "'", 2);
    assertCostIsTheLedgers(answer, id);
    theStrongOneIsWell();
    assertEquals("MISS", header(ask(id, ""), "x-cache"));
  }

  @Test
  void a_doubted_stream_is_held_back_and_the_last_one_flows() {
    fleet.alpha.always(Behaviour.surely("God måne", UNSURE));
    HttpResponse<String> strong = ask(id(), ",\"stream\":true");
    assertEquals("beta/m", header(strong, "x-model-used"), strong.body());
    assertFalse(strong.body().contains("måne"), strong.body());
    assertTrue(strong.body().endsWith("data: [DONE]\n\n"), strong.body());
    assertTrue(fleet.beta.lastRequest().body().contains("\"stream\":true"));
    assertFalse(fleet.alpha.lastRequest().body().contains("\"stream\":true"));
    fleet.alpha.always(Behaviour.surely("Godmorgen", SURE));
    HttpResponse<String> sure = ask(id(), ",\"stream\":true");
    assertEquals("alpha/m", header(sure, "x-model-used"));
    assertTrue(sure.body().contains("Godmorgen"), sure.body());
    assertFalse(sure.body().contains("four"), "logprobs that nobody asked for: " + sure.body());
  }

  @Test
  void who_asks_for_logprobs_gets_them_and_other_work_is_not_doubted() {
    fleet.alpha.always(Behaviour.surely("Godmorgen", SURE));
    JsonNode asked = json(ask(id(), ",\"logprobs\":true").body());
    assertEquals(4, asked.at("/choices/0/logprobs/content").size(), asked::toString);
    fleet.alpha.always(Behaviour.surely("God måne", UNSURE));
    HttpResponse<String> other =
        fleet.chat(FleetUnderTest.ask("auto/standard", "who is there? " + id()));
    assertEquals("alpha/m", header(other, "x-model-used"));
    assertFalse(json(other.body()).path("route").has("confidence_score"), other.body());
  }

  private static void assertCostIsTheLedgers(HttpResponse<String> answer, String id)
      throws SQLException {
    try (var connection = fleet.ledger();
        var query =
            connection.prepareStatement(
                "select sum(cost_nanos) from cost.attempt where request_id = ?")) {
      query.setString(1, id);
      try (var rows = query.executeQuery()) {
        rows.next();
        assertEquals(
            new BigDecimal(header(answer, "x-cost-usd")).movePointRight(9).longValueExact(),
            rows.getLong(1));
      }
    }
  }

  private static String id() {
    return "sure-" + UUID.randomUUID();
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
