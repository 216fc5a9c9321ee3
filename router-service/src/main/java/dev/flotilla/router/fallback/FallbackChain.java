package dev.flotilla.router.fallback;

import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.router.exchange.BestEffort;
import dev.flotilla.router.fallback.FallbackOutcome.Flawed;
import dev.flotilla.router.fallback.FallbackOutcome.Hop;
import dev.flotilla.router.routing.Plan;
import dev.flotilla.router.upstream.CallOutcome;
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

  /** Doubts an answer that passed its validators. */
  @FunctionalInterface
  public interface Doubt {
    /**
     * @param index the candidate's place in the plan, from 0
     * @return the answer, or {@link CallOutcome.Unsure}
     */
    CallOutcome about(CallOutcome.Answered answered, Model model, int index);
  }

  /** The same without doubts. */
  public FallbackOutcome run(Plan plan, Deadline deadline, Call call) {
    return run(plan, deadline, call, (answered, model, index) -> answered);
  }

  /**
   * Runs the plan; every failure but the last is a hop. When all fail and the plan's best effort is
   * {@link BestEffort#LAST}, the last whole answer is in the outcome, too.
   */
  public FallbackOutcome run(Plan plan, Deadline deadline, Call call, Doubt doubt) {
    var hops = new ArrayList<Hop>();
    List<Model> candidates = plan.candidates();
    Flawed flawed = null;
    for (int i = 0; ; ) {
      Model model = candidates.get(i);
      CallOutcome outcome = call.ask(model, i);
      if (outcome instanceof CallOutcome.Answered answered) {
        if (plan.validators().judge(answered.completion())
            instanceof Judgement.Refused(var broken)) {
          outcome = new CallOutcome.Unacceptable(model, broken, answered.attempts());
          if (plan.bestEffort() == BestEffort.LAST) {
            flawed = new Flawed(model, answered.completion(), answered.simulated(), broken);
          }
        } else {
          flawed = null;
          outcome = doubt.about(answered, model, i);
        }
      }
      if (outcome instanceof CallOutcome.OverBudget over && over.downgrades()) {
        candidates = cheaper(candidates.subList(0, i + 1), plan);
      }
      int next = next(candidates, i, outcome, plan);
      boolean last = next == candidates.size() || deadline.passed();
      if (!(outcome instanceof CallOutcome.NoAnswer failed) || last) {
        return FallbackOutcome.of(outcome, model, hops, flawed);
      }
      hops.add(new Hop(model, failed));
      i = next;
    }
  }

  /** Those who were asked, then those of the cheapest tier: for all others there is no money. */
  private static List<Model> cheaper(List<Model> asked, Plan plan) {
    var candidates = new ArrayList<Model>(asked);
    plan.cheapest().stream().filter(model -> !asked.contains(model)).forEach(candidates::add);
    return List.copyOf(candidates);
  }

  /**
   * A request that was too long for a model is not shown to those with no larger window, and one
   * whose answer was unsure not to those as strong.
   */
  private static int next(List<Model> candidates, int at, CallOutcome outcome, Plan plan) {
    int next = at + 1;
    if (outcome instanceof CallOutcome.Failed failed
        && failed.reason().equals(Outcomes.CONTEXT_LENGTH)) {
      long window = candidates.get(at).contextTokens();
      while (next < candidates.size() && candidates.get(next).contextTokens() <= window) {
        next++;
      }
    }
    while (outcome instanceof CallOutcome.Unsure
        && next < candidates.size()
        && plan.gates().alike(candidates.get(at), candidates.get(next))) {
      next++;
    }
    return next;
  }
}
