package dev.flotilla.router.fallback;

import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.router.fallback.FallbackOutcome.Hop;
import dev.flotilla.router.routing.Plan;
import dev.flotilla.router.upstream.CallOutcome;
import dev.flotilla.router.validation.BrokenRule;
import dev.flotilla.router.validation.Judgement;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks one candidate after the other until one gives an answer that the plan's validators accept,
 * the request itself turns out wrong, or nobody waits any more. Thread-safe.
 */
public final class FallbackChain {
  /** Asks one candidate. */
  @FunctionalInterface
  public interface Call {
    /**
     * @param index the candidate's place in the plan, from 0
     */
    CallOutcome ask(Model model, int index);
  }

  /** Runs the plan; every failure but the last is a hop. */
  public FallbackOutcome run(Plan plan, Deadline deadline, Call call) {
    var hops = new ArrayList<Hop>();
    List<Model> candidates = plan.candidates();
    for (int i = 0; ; ) {
      Model model = candidates.get(i);
      CallOutcome outcome = judged(call.ask(model, i), model, plan);
      if (outcome instanceof CallOutcome.OverBudget over && over.downgrades()) {
        candidates = cheaper(candidates.subList(0, i + 1), plan);
      }
      int next = next(candidates, i, outcome);
      boolean last = next == candidates.size() || deadline.passed();
      if (!(outcome instanceof CallOutcome.NoAnswer failed) || last) {
        return new FallbackOutcome(outcome, model, List.copyOf(hops));
      }
      hops.add(new Hop(model, failed));
      i = next;
    }
  }

  private static CallOutcome judged(CallOutcome outcome, Model model, Plan plan) {
    if (outcome instanceof CallOutcome.Answered answered
        && plan.validators().judge(answered.completion())
            instanceof Judgement.Refused(List<BrokenRule> broken)) {
      return new CallOutcome.Unacceptable(model, broken, answered.attempts());
    }
    return outcome;
  }

  /** Those who were asked, then those of the cheapest tier: for all others there is no money. */
  private static List<Model> cheaper(List<Model> asked, Plan plan) {
    var candidates = new ArrayList<Model>(asked);
    plan.cheapest().stream().filter(model -> !asked.contains(model)).forEach(candidates::add);
    return List.copyOf(candidates);
  }

  /** A request that was too long for a model is not shown to those with no larger window. */
  private static int next(List<Model> candidates, int at, CallOutcome outcome) {
    int next = at + 1;
    if (outcome instanceof CallOutcome.Failed failed
        && failed.reason().equals(Outcomes.CONTEXT_LENGTH)) {
      long window = candidates.get(at).contextTokens();
      while (next < candidates.size() && candidates.get(next).contextTokens() <= window) {
        next++;
      }
    }
    return next;
  }
}
