package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.OTHER_KEY;
import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.askStreaming;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.FaultRow;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an idempotency-key is worth to somebody who pays. */
@ExtendWith(SharedFleet.class)
class IdempotencyIT {
  private final FleetUnderTest fleet;

  IdempotencyIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  @FaultRow(row = 54, fault = "a request is delivered twice, plain and streamed, past the cache")
  void a_request_with_a_key_is_in_the_ledger_once_however_often_it_is_sent() throws Exception {
    for (String body : List.of(ask("auto", "just once"), askStreaming("auto", "just once"))) {
      String key = UUID.randomUUID().toString();
      long asked = fleet.alpha.requests() + fleet.beta.requests();
      HttpResponse<String> first = once(KEY, body, key);
      assertEquals(200, first.statusCode(), first.body());
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> again = once(KEY, body, key);
        assertEquals(200, again.statusCode(), again.body());
        assertEquals(first.body(), again.body());
        assertEquals("true", header(again, "idempotency-replayed"));
        assertEquals(header(first, "x-model-used"), header(again, "x-model-used"));
        assertEquals(header(first, "x-request-id"), header(again, "x-original-request-id"));
      }
      assertEquals(asked + 1, fleet.alpha.requests() + fleet.beta.requests());
      fleet.awaitRows("request_id = '" + header(first, "x-request-id") + "'", 1);

      HttpResponse<String> reused = once(KEY, ask("auto", "another one"), key);
      assertEquals(422, reused.statusCode(), reused.body());
      assertEquals("idempotency_key_reused", json(reused.body()).at("/error/code").asText());
      assertEquals(asked + 1, fleet.alpha.requests() + fleet.beta.requests());
      assertEquals(200, once(OTHER_KEY, body, key).statusCode(), "another team's key");
      assertEquals(asked + 2, fleet.alpha.requests() + fleet.beta.requests());
    }
    assertTrue(
        fleet.metric(Service.ROUTER, "llm_idempotency_requests_total", "result=\"replayed\"") >= 6);
  }

  private HttpResponse<String> once(String key, String body, String idempotencyKey) {
    return fleet.chat(key, body, "idempotency-key", idempotencyKey, "cache-control", "no-store");
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
