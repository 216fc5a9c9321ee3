package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.OTHER_KEY;
import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.askStreaming;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the fleet says afterwards about a request it has answered. */
@ExtendWith(SharedFleet.class)
class ExplainIT {
  private final FleetUnderTest fleet;

  ExplainIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  void a_fallback_is_told_with_both_attempts_and_only_to_its_own_team() throws Exception {
    fleet.alpha.always(Behaviour.status(503));
    HttpResponse<String> answer = fleet.chat(ask("auto", "Translate what went wrong"));
    assertEquals(200, answer.statusCode(), answer.body());
    String id = id(answer);
    JsonNode told = told(id);
    assertEquals("growth", told.path("team").asText());
    assertEquals("bulk", told.path("task_type").asText());
    assertEquals("rules", told.path("decided_by").asText());
    assertEquals("keyword:translate", told.at("/matched_rules/0").asText());
    assertEquals("miss", told.path("cache").asText());
    assertEquals("beta/m", told.path("model").asText());
    assertEquals(1, told.path("fallback_count").asInt());
    assertEquals(
        answer.headers().firstValue("x-fallback-reason").orElse(""),
        told.path("fallback_reason").asText());
    assertEquals(200, told.path("status").asInt());
    assertTrue(told.path("trace_id").asText().matches("[0-9a-f]{32}"));
    fleet.awaitRows("request_id = '" + id + "' and state = 'settled'", 1);
    JsonNode attempts = fleet.get(KEY, "/v1/requests/" + id).path("attempts");
    assertEquals("alpha/m", attempts.at("/0/model").asText());
    assertEquals("beta/m", attempts.get(attempts.size() - 1).path("model").asText());
    assertEquals("settled", attempts.get(attempts.size() - 1).path("state").asText());
    var refused =
        assertThrows(AssertionError.class, () -> fleet.get(OTHER_KEY, "/v1/requests/" + id));
    assertTrue(String.valueOf(refused.getMessage()).contains("404"), refused.getMessage());
  }

  @Test
  void a_hit_says_what_it_saved_and_savings_have_a_definition() throws Exception {
    String question = ask("auto", "What does a hit save?");
    HttpResponse<String> fresh = fleet.chat(question);
    HttpResponse<String> hit = fleet.chat(question);
    assertEquals("HIT", header(hit, "x-cache"));
    assertEquals("0", header(fresh, "x-saved-usd"));
    assertEquals(header(fresh, "x-cost-usd"), header(hit, "x-saved-usd"));
    assertEquals("hit", told(id(hit)).path("cache").asText());

    JsonNode savings = fleet.get(KEY, "/v1/costs/savings");
    assertEquals("alpha/m", savings.at("/definition/baseline_models/0").asText());
    assertTrue(savings.at("/results/0/cache/hits").asInt() > 0);
    assertTrue(savings.at("/results/0/cache/saved/nanos").asLong() > 0);
  }

  @Test
  void a_stream_is_told_too_and_nothing_was_dropped() throws Exception {
    HttpResponse<String> answer = fleet.chat(askStreaming("auto", "Stream and tell"));
    JsonNode told = told(id(answer));
    assertTrue(told.path("stream").asBoolean());
    assertEquals("success", told.path("outcome").asText());
    assertEquals("alpha/m", told.path("model").asText());
    assertEquals(0, fleet.metric(Service.ROUTER, "llm_decisions_dropped_total"));
  }

  private JsonNode told(String id) throws Exception {
    fleet.awaitRows("cost.decision", "request_id = '" + id + "'", 1);
    return fleet.get(KEY, "/v1/requests/" + id);
  }

  private static String id(HttpResponse<String> answer) {
    return header(answer, "x-request-id");
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
