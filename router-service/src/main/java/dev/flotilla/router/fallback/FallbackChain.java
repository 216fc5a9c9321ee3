package dev.flotilla.router.fallback;

import dev.flotilla.catalog.Model;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.router.fallback.FallbackOutcome.Hop;
import dev.flotilla.router.routing.Plan;
import dev.flotilla.router.upstream.CallOutcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks one candidate after the other until one answers, the request itself turns out wrong, or
 * nobody waits any more. Thread-safe.
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
    for (int i = 0; ; i++) {
      Model model = candidates.get(i);
      CallOutcome outcome = call.ask(model, i);
      boolean last = i + 1 == candidates.size() || deadline.passed();
      if (!(outcome instanceof CallOutcome.Failed failed) || last) {
        return new FallbackOutcome(outcome, model, List.copyOf(hops));
      }
      hops.add(new Hop(model, failed));
    }
  }
}
