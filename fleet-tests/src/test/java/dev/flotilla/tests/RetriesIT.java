package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Retries as an installation has them: what a caller, the route and the ledger say of them. */
class RetriesIT {
  private static FleetUnderTest fleet;

  @BeforeAll
  static void start(@TempDir Path folder) {
    var retries = Map.of("FLOTILLA_RETRY_MOST", "2", "FLOTILLA_RETRY_BACKOFF", "PT0.02S");
    fleet = FleetUnderTest.start(folder, "", Map.of(Service.PROVIDER, retries));
  }

  @AfterAll
  static void close() {
    fleet.close();
  }

  @Test
  void row_14_a_hiccup_of_a_provider_is_no_fallback_but_two_attempts() throws Exception {
    long alpha = fleet.alpha.requests();
    long beta = fleet.beta.requests();
    fleet.alpha.next(1, Behaviour.status(503));
    HttpResponse<String> answer = fleet.chat(ask("auto", "hiccup"));
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("alpha/m", answer.headers().firstValue("x-model-used").orElse(""));
    assertEquals("0", answer.headers().firstValue("x-fallback-count").orElse(""));
    assertEquals("1", answer.headers().firstValue("x-retry-count").orElse(""));
    JsonNode attempts = json(answer.body()).at("/route/attempts");
    assertEquals(2, attempts.size(), attempts.toString());
    assertEquals("overloaded", attempts.at("/0/outcome").asText());
    assertEquals("ok", attempts.at("/1/outcome").asText());
    assertEquals(alpha + 2, fleet.alpha.requests());
    assertEquals(beta, fleet.beta.requests());
    String id = answer.headers().firstValue("x-request-id").orElseThrow();
    fleet.awaitRows("request_id = '" + id + "' and state = 'void'", 1);
    fleet.awaitRows("request_id = '" + id + "' and state = 'settled'", 1);
  }

  @Test
  void row_14_a_provider_that_stays_overloaded_is_asked_twice_and_then_the_next_one()
      throws Exception {
    long before = fleet.alpha.requests();
    fleet.alpha.next(2, Behaviour.status(529));
    HttpResponse<String> answer = fleet.chat(ask("auto", "more than a hiccup"));
    assertEquals("beta/m", answer.headers().firstValue("x-model-used").orElse(""));
    assertEquals("1", answer.headers().firstValue("x-fallback-count").orElse(""));
    assertEquals("overloaded", answer.headers().firstValue("x-fallback-reason").orElse(""));
    assertEquals("1", answer.headers().firstValue("x-retry-count").orElse(""));
    assertEquals(before + 2, fleet.alpha.requests());
    assertEquals(3, json(answer.body()).at("/route/attempts").size());
  }
}
