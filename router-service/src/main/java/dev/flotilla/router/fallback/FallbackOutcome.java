package dev.flotilla.router.fallback;

import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.router.upstream.CallOutcome;
import java.util.ArrayList;
import java.util.List;

/**
 * What became of a plan.
 *
 * @param last the answer, or what the last candidate that was asked said
 * @param model whose outcome {@code last} is
 * @param hops candidates that failed before, in the order they were asked
 */
public record FallbackOutcome(CallOutcome last, Model model, List<Hop> hops) {
  /**
   * A candidate of which no answer could be given.
   *
   * @param failure why the chain went on
   */
  public record Hop(Model model, CallOutcome.NoAnswer failure) {}

  /** All attempts so far, the failed candidates' first. */
  public List<AttemptReport> attempts() {
    var all = new ArrayList<AttemptReport>();
    hops.forEach(hop -> all.addAll(hop.failure().attempts()));
    all.addAll(last.attempts());
    return List.copyOf(all);
  }
}
