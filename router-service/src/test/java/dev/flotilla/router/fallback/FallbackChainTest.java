package dev.flotilla.router.fallback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.routing.Plan;
import dev.flotilla.router.upstream.CallOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FallbackChainTest {
  private static final List<Model> MODELS =
      Catalog.read(Path.of("..", "config", "catalog"), Set.of("sim-north", "sim-south", "sim-east"))
          .resolve("fast");
  private static final Deadline LATER = Deadline.in(Duration.ofMinutes(1));

  private final Plan plan = new Plan(null, MODELS);
  private final CallOutcome answered =
      new CallOutcome.Answered(new Completion(Json.object()), false, List.of(report("ok")));
  private final List<String> asked = new ArrayList<>();

  @Test
  void asks_the_next_model_when_the_first_is_busy_and_knows_why() {
    var outcome = run(LATER, failed(Outcomes.OVERLOADED), answered);
    assertSame(answered, outcome.last());
    assertEquals(List.of("sim-north/fast", "sim-south/fast"), asked);
    assertEquals(Outcomes.OVERLOADED, outcome.hops().getFirst().failure().reason());
    assertEquals(2, outcome.attempts().size());
  }

  @Test
  void a_wrong_request_is_not_tried_elsewhere() {
    var rejected = new CallOutcome.Rejected(ApiError.invalid("x", "x", null), List.of());
    assertSame(rejected, run(LATER, rejected, answered).last());
    assertEquals(1, asked.size());
  }

  @Test
  void when_all_fail_the_last_failure_is_not_a_hop() {
    var outcome = run(LATER, failed("a"), failed("b"), failed("c"));
    assertEquals("c", assertInstanceOf(CallOutcome.Failed.class, outcome.last()).reason());
    assertEquals(2, outcome.hops().size());
  }

  @Test
  void nobody_is_asked_after_the_deadline() {
    run(Deadline.in(Duration.ZERO), failed("a"), answered);
    assertEquals(1, asked.size());
  }

  private FallbackOutcome run(Deadline deadline, CallOutcome... said) {
    return new FallbackChain()
        .run(
            plan,
            deadline,
            (model, index) -> {
              asked.add(model.id());
              return said[index];
            });
  }

  private static CallOutcome failed(String reason) {
    return new CallOutcome.Failed(reason, "it failed", null, List.of(report(reason)));
  }

  private static AttemptReport report(String outcome) {
    return new AttemptReport("id", "sim-north/fast", outcome, null, 1, 0L);
  }
}
