package dev.flotilla.cost.provider;

import static dev.flotilla.cost.running.RunningCostService.decision;
import static dev.flotilla.cost.running.RunningCostService.hit;
import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;
import static dev.flotilla.cost.running.RunningCostService.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.cost.running.RunningCostService;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Providers birch and cedar, and team grove, belong to this class. */
class RecentProvidersIT {
  private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  private final RunningCostService service = RunningCostService.get();

  @Test
  void a_provider_is_what_its_attempts_and_the_answers_it_was_asked_for_say() {
    Instant lately = NOW.minus(Duration.ofMinutes(2));
    Instant before = NOW.minus(Duration.ofMinutes(20));
    Instant longAgo = NOW.minus(Duration.ofMinutes(90));
    service.receipt(
        attempt("birch", "req_1", lately, "ok", 100),
        attempt("birch", "req_2", lately, "timeout", 5_000),
        attempt("cedar", "req_2", lately, "ok", 300),
        attempt("birch", "req_3", before, "ok", 200),
        attempt("birch", "req_4", before, "server_error", 40),
        attempt("birch", "req_5", before, "rejected", 40),
        attempt("birch", "req_6", longAgo, "auth", 40),
        intent("grove", "req_7", lately).put("provider", "birch").put("model", "birch/m"));
    service.keep(
        answered("req_1", lately, "birch/m"),
        // Two of its models were left; it is one answer that needed a fallback.
        left(left(answered("req_2", lately, "cedar/m"), "birch/m", "timeout"), "birch/n", "auth"),
        answered("req_3", before, "birch/m"),
        left(answered("req_4", before, "cedar/m"), "birch/m", "server_error"),
        // Its answer was not good enough, and it is well.
        left(answered("req_8", lately, "cedar/m"), "birch/m", "invalid_output"),
        hit(answered("req_9", lately, "birch/m")),
        left(answered("req_10", longAgo, "cedar/m"), "birch/m", "connect"));

    JsonNode birch = provider("birch");
    assertEquals("{\"five_minutes\":2,\"hour\":4}", birch.path("answers").toString());
    assertEquals("{\"five_minutes\":1,\"hour\":2}", birch.path("fallbacks").toString());
    assertEquals("{\"server_error\":1,\"timeout\":1}", sorted(birch.path("reasons")));
    assertEquals("{\"five_minutes\":2,\"hour\":4}", birch.path("attempts").toString());
    assertEquals("{\"five_minutes\":1,\"hour\":2}", birch.path("errors").toString());
    assertEquals("{\"p50\":100,\"p95\":200}", birch.path("latency_ms").toString());
    assertEquals(
        "{\"at\":\"%s\",\"kind\":\"timeout\",\"model\":\"birch/m\",\"request_id\":\"req_2\"}"
            .formatted(lately.plusMillis(5_000)),
        birch.path("last_error").toString());

    JsonNode cedar = provider("cedar");
    assertEquals("{\"five_minutes\":2,\"hour\":3}", cedar.path("answers").toString());
    assertEquals("{\"five_minutes\":0,\"hour\":0}", cedar.path("fallbacks").toString());
    assertEquals("{}", cedar.path("reasons").toString());
    assertTrue(cedar.path("last_error").isNull());
    assertTrue(provider("oak").isMissingNode());
    JsonNode fleet = tree(service.getAsNobody("/v1/ledger/providers"));
    assertTrue(fleet.at("/answers/hour").asLong() >= 6, fleet.toString());
    assertTrue(fleet.at("/fallbacks/hour").asLong() >= 2, fleet.toString());
  }

  private JsonNode provider(String name) {
    JsonNode all = tree(service.getAsNobody("/v1/ledger/providers")).path("providers");
    return StreamSupport.stream(all.spliterator(), false)
        .filter(each -> each.path("provider").asText().equals(name))
        .findFirst()
        .orElse(MissingNode.getInstance());
  }

  private static String sorted(JsonNode reasons) {
    var sorted = new TreeMap<String, JsonNode>();
    reasons.properties().forEach(reason -> sorted.put(reason.getKey(), reason.getValue()));
    return RunningCostService.JSON.valueToTree(sorted).toString();
  }

  private static ObjectNode attempt(
      String provider, String request, Instant at, String outcome, long millis) {
    return settled(intent("grove", request, at), 7)
        .put("provider", provider)
        .put("model", provider + "/m")
        .put("outcome", outcome)
        .put("ended_at", at.plusMillis(millis).toString());
  }

  private static ObjectNode answered(String request, Instant at, String model) {
    return decision("grove", request, at).put("model", model);
  }

  private static ObjectNode left(ObjectNode decision, String model, String reason) {
    decision.withArray("hops").addObject().put("from", model).put("reason", reason);
    return decision
        .put("fallback_count", decision.path("hops").size())
        .put("fallback_reason", reason);
  }
}
