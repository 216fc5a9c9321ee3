package dev.flotilla.router.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.router.fallback.FallbackOutcome;
import dev.flotilla.router.fallback.FallbackOutcome.Hop;
import dev.flotilla.router.upstream.CallOutcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExhaustedTest {
  private static final List<Model> MODELS =
      Catalog.read(Path.of("..", "config", "catalog"), Set.of("sim-north", "sim-south"))
          .resolve("fast");

  @Test
  void what_no_candidate_can_be_told_is_the_callers_400_and_names_the_parameter() {
    Reply.Refused refused = reply(cannotSay(MODELS.getFirst()), cannotSay(MODELS.getLast()));
    assertEquals(400, refused.error().status());
    assertEquals("unsupported_parameter", refused.error().code());
    assertEquals("seed", refused.error().param());
    assertTrue(refused.error().message().contains("sim-north/fast: no seeds here"));
    assertTrue(refused.error().message().contains("sim-south/fast: no seeds here"));
    assertFalse(refused.worthRetrying());
    assertFalse(Exhausted.concernsOthers(refused));
  }

  @Test
  void a_candidate_that_could_have_answered_makes_it_a_failure_of_providers() {
    var busy = new CallOutcome.Failed(Outcomes.OVERLOADED, "too busy", null, List.of());
    Reply.Refused refused = reply(busy, cannotSay(MODELS.getLast()));
    assertEquals(503, refused.error().status());
  }

  @Test
  void a_budget_that_is_gone_is_a_402_that_says_so() {
    Reply.Refused refused = reply(over(402, "budget_exceeded"), over(402, "budget_downgrade"));
    assertEquals(402, refused.error().status());
    assertEquals("insufficient_quota", refused.error().type());
    assertEquals("budget_exceeded", refused.error().code());
    assertTrue(refused.error().message().contains("no money"), refused.error().message());
    assertFalse(refused.worthRetrying());
    assertFalse(Exhausted.concernsOthers(refused));
  }

  @Test
  void the_callers_own_limit_keeps_its_own_word() {
    Reply.Refused refused = reply(over(402, "max_cost_exceeded"), over(402, "max_cost_exceeded"));
    assertEquals("max_cost_exceeded", refused.error().code());
  }

  @Test
  void a_budget_that_nobody_can_look_at_is_a_503_of_ours() {
    Reply.Refused refused = reply(over(503, "budget_unverifiable"), over(402, "budget_exceeded"));
    assertEquals(503, refused.error().status());
    assertEquals("budget_unverifiable", refused.error().code());
    assertEquals("router", refused.error().source());
    assertFalse(refused.worthRetrying());
    assertFalse(Exhausted.concernsOthers(refused));
  }

  private static CallOutcome.NoAnswer over(int status, String code) {
    return new CallOutcome.OverBudget(
        MODELS.getFirst(),
        new ApiError(status, "insufficient_quota", code, "no money", null, "router"),
        List.of());
  }

  private static CallOutcome.NoAnswer cannotSay(Model model) {
    return new CallOutcome.Inexpressible(
        model, ApiError.invalid("unsupported_parameter", "no seeds here", "seed"));
  }

  private static Reply.Refused reply(CallOutcome.NoAnswer first, CallOutcome.NoAnswer last) {
    var outcome =
        new FallbackOutcome(
            last, MODELS.getLast(), List.of(new Hop(MODELS.getFirst(), first)), null);
    return Exhausted.reply(
        outcome, last, false, RouteFacts.nobodyAsked(RouteFacts.CacheResult.MISS));
  }
}
