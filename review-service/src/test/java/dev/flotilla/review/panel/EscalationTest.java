package dev.flotilla.review.panel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.judgement.Check;
import dev.flotilla.kit.json.Json;
import dev.flotilla.review.aggregation.AggregateJson;
import dev.flotilla.review.policy.Policies;
import dev.flotilla.review.policy.Policy;
import dev.flotilla.review.policy.Risk;
import dev.flotilla.review.reviewer.Assignment;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EscalationTest {
  private static final Policy APPROVES_BY_SILENCE =
      Policies.of("mine", "panel: {size: 3}\nagree: 2\npeople: {on_timeout: approve}\n");

  @Test
  void silence_does_not_approve_what_a_check_has_failed() {
    assertEquals("approve", onTimeout(List.of()));
    assertEquals("approve", onTimeout(List.of(new Check("non-empty", true, ""))));
    assertEquals(
        "request_changes",
        onTimeout(
            List.of(new Check("non-empty", true, ""), new Check("json-parses", false, "line 3"))));
  }

  private static String onTimeout(List<Check> checks) {
    var request =
        new ReviewRequest(
            new Assignment("text", "artifact", List.of("is right"), null),
            List.of(),
            List.of(),
            APPROVES_BY_SILENCE,
            ReviewRequest.Verify.NOTHING,
            Risk.LOW,
            Duration.ofMinutes(1),
            Json.object());
    ObjectNode review = Json.object();
    review.set("verification", AggregateJson.checks(checks));
    return Escalation.of("rev_1", "growth", request, review).onTimeout();
  }
}
