package dev.flotilla.router.fallback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.Requests;
import dev.flotilla.router.confidence.Gates;
import dev.flotilla.router.exchange.BestEffort;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.routing.Plan;
import dev.flotilla.router.upstream.CallOutcome;
import dev.flotilla.router.validation.BadCheck;
import dev.flotilla.router.validation.Validation;
import dev.flotilla.testkit.FaultRow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FallbackChainTest {
  private static final Catalog CATALOG =
      Catalog.read(
          Path.of("..", "config", "catalog"), Set.of("sim-north", "sim-south", "sim-east"));
  private static final List<Model> MODELS = CATALOG.resolve("fast");
  private static final Deadline LATER = Deadline.in(Duration.ofMinutes(1));

  private final Plan plan = plan(MODELS);
  private final CallOutcome answered = answered("all is well");
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
  void a_model_that_cannot_be_told_something_is_passed_over() {
    var error = ApiError.invalid("unsupported_parameter", "no seeds here", "seed");
    var outcome = run(LATER, new CallOutcome.Inexpressible(MODELS.getFirst(), error), answered);
    assertSame(answered, outcome.last());
    assertEquals(Outcomes.UNSUPPORTED, outcome.hops().getFirst().failure().reason());
    assertEquals(1, outcome.attempts().size(), "nothing was sent, so nothing is in the ledger");
  }

  @Test
  void when_all_fail_the_last_failure_is_not_a_hop() {
    var outcome = run(LATER, failed("a"), failed("b"), failed("c"));
    assertEquals("c", assertInstanceOf(CallOutcome.Failed.class, outcome.last()).reason());
    assertEquals(2, outcome.hops().size());
  }

  @Test
  void a_doubted_answer_is_better_than_none_and_stays_among_the_hops_with_its_cost() {
    var answers = new ArrayList<>(List.of(answered, failed("b"), failed("c")));
    var outcome =
        new FallbackChain()
            .run(
                plan,
                LATER,
                (model, index) -> answers.removeFirst(),
                (told, model, index) -> new CallOutcome.Unsure(model, told));
    assertEquals(MODELS.getFirst(), outcome.model());
    assertEquals(
        "all is well",
        assertInstanceOf(CallOutcome.Answered.class, outcome.last())
            .completion()
            .body()
            .at("/choices/0/message/content")
            .asText());
    assertEquals(
        List.of(Outcomes.LOW_CONFIDENCE, "b", "c"),
        outcome.hops().stream().map(hop -> hop.failure().reason()).toList());
    assertEquals(3, outcome.attempts().size());
  }

  @Test
  void what_its_validators_refuse_is_not_doubted_and_an_answer_after_a_doubt_is_given() {
    var answers = new ArrayList<>(List.of(answered(" "), answered, answered("sure")));
    var outcome =
        new FallbackChain()
            .run(
                plan,
                LATER,
                (model, index) -> answers.removeFirst(),
                (told, model, index) -> index == 1 ? new CallOutcome.Unsure(model, told) : told);
    assertEquals(MODELS.get(2), outcome.model());
    assertEquals(
        List.of(Outcomes.INVALID_OUTPUT, Outcomes.LOW_CONFIDENCE),
        outcome.hops().stream().map(hop -> hop.failure().reason()).toList());
  }

  @Test
  void an_answer_that_is_none_is_paid_for_and_the_next_model_is_asked() {
    var outcome = run(LATER, answered(" "), answered);
    assertSame(answered, outcome.last());
    assertEquals(Outcomes.INVALID_OUTPUT, outcome.hops().getFirst().failure().reason());
    assertEquals(2, outcome.attempts().size());
    var refused = run(LATER, answered(""), answered(""), answered("")).last();
    assertEquals(
        "non_empty",
        assertInstanceOf(CallOutcome.Unacceptable.class, refused).broken().getFirst().rule());
  }

  @Test
  void best_effort_is_the_last_answer_there_was_and_only_when_none_is_good() {
    var last =
        new Plan(
            null,
            MODELS,
            List.of(),
            plan.validators(),
            BestEffort.LAST,
            List.of(),
            Gates.NONE,
            null);
    var middle = answered(" ");
    var outcome = run(last, LATER, answered(""), middle, failed(Outcomes.TIMEOUT));
    assertSame(((CallOutcome.Answered) middle).completion(), outcome.flawed().completion());
    assertEquals(MODELS.get(1), outcome.flawed().model());
    assertEquals("non_empty", outcome.flawed().broken().getFirst().rule());
    assertEquals(MODELS.get(2), outcome.model(), "who was asked last");
    assertEquals(3, outcome.attempts().size());
    var rejected = new CallOutcome.Rejected(ApiError.invalid("x", "x", null), List.of());
    assertEquals(MODELS.getFirst(), run(last, LATER, answered(""), rejected).flawed().model());
    assertNull(run(last, LATER, answered(""), answered).flawed());
    assertNull(run(last, LATER, failed("a"), failed("b"), failed("c")).flawed());
    assertNull(run(LATER, answered(""), answered(""), answered("")).flawed(), "nobody wants it");
  }

  @Test
  @FaultRow(row = 16, fault = "the first model finds the prompt too long")
  void a_request_that_was_too_long_is_shown_to_larger_windows_only() {
    var small = MODELS.getFirst();
    var large = CATALOG.resolve("flagship").getFirst();
    assertTrue(large.contextTokens() > small.contextTokens());
    var outcome =
        new FallbackChain()
            .run(
                plan(List.of(small, MODELS.get(1), large)),
                LATER,
                (model, index) -> {
                  asked.add(model.id());
                  return index == 0 ? failed(Outcomes.CONTEXT_LENGTH) : answered;
                });
    assertSame(answered, outcome.last());
    assertEquals(List.of(small.id(), large.id()), asked);
  }

  @Test
  void nobody_is_asked_after_the_deadline() {
    run(Deadline.in(Duration.ZERO), failed("a"), answered);
    assertEquals(1, asked.size());
  }

  @Test
  void a_budget_that_has_money_for_the_cheapest_models_only_sends_the_plan_there() {
    Model cheap = CATALOG.resolve("sim-east/fast").getFirst();
    var downgrading =
        new Plan(
            null,
            MODELS,
            List.of(),
            plan.validators(),
            BestEffort.NONE,
            List.of(MODELS.getFirst(), cheap),
            Gates.NONE,
            null);
    var outcome = run(downgrading, LATER, overBudget(Outcomes.BUDGET_DOWNGRADE), answered);
    assertSame(answered, outcome.last());
    assertEquals(List.of(MODELS.getFirst().id(), cheap.id()), asked);
    assertEquals(Outcomes.BUDGET, outcome.hops().getFirst().failure().reason());
  }

  @Test
  void a_budget_that_is_gone_may_still_have_enough_for_a_candidate_that_costs_less() {
    assertSame(answered, run(LATER, overBudget("budget_exceeded"), answered).last());
    assertEquals(2, asked.size());
  }

  private static CallOutcome overBudget(String code) {
    var error = new ApiError(402, "insufficient_quota", code, "no money", null, "router");
    return new CallOutcome.OverBudget(MODELS.getFirst(), error, List.of());
  }

  private FallbackOutcome run(Deadline deadline, CallOutcome... said) {
    return run(plan, deadline, said);
  }

  private FallbackOutcome run(Plan plan, Deadline deadline, CallOutcome... said) {
    return new FallbackChain()
        .run(
            plan,
            deadline,
            (model, index) -> {
              asked.add(model.id());
              return said[index];
            });
  }

  private static Plan plan(List<Model> models) {
    try {
      return new Plan(
          null,
          models,
          List.of(),
          new Validation().of(Requests.asking("how is it going?"), List.of()));
    } catch (BadCheck e) {
      throw new AssertionError(e);
    }
  }

  private static CallOutcome answered(String text) {
    var body = Json.object();
    var choice = body.putArray("choices").addObject().put("finish_reason", "stop");
    choice.putObject("message").put("content", text);
    return new CallOutcome.Answered(new Completion(body), false, List.of(report("ok")));
  }

  private static CallOutcome failed(String reason) {
    return new CallOutcome.Failed(reason, "it failed", null, List.of(report(reason)));
  }

  private static AttemptReport report(String outcome) {
    return new AttemptReport("id", "sim-north/fast", outcome, null, 1, 0L, null);
  }
}
