package dev.flotilla.router.fallback;

import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.upstream.CallOutcome;
import dev.flotilla.router.validation.BrokenRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a plan.
 *
 * @param last the answer, or what the last candidate that was asked said
 * @param model whose outcome {@code last} is
 * @param hops candidates that failed before, in the order they were asked
 * @param flawed what the plan's best effort gives for want of a good answer; null when there is a
 *     good one, when nobody answered, or when the plan gives none
 */
public record FallbackOutcome(
    CallOutcome last, Model model, List<Hop> hops, @Nullable Flawed flawed) {
  /**
   * A candidate of which no answer could be given.
   *
   * @param failure why the chain went on
   */
  public record Hop(Model model, CallOutcome.NoAnswer failure) {}

  /**
   * A whole answer that its validators refuse.
   *
   * @param model who gave it: the last candidate that was asked, or one of the hops
   * @param broken at least one
   */
  public record Flawed(
      Model model, Completion completion, boolean simulated, List<BrokenRule> broken) {
    public Flawed {
      broken = List.copyOf(broken);
    }
  }

  /**
   * What became of a plan. An answer that passed its validators and was only doubted is better than
   * none: when the others failed, the last such one is given, and it stays a hop with what it cost.
   */
  static FallbackOutcome of(
      CallOutcome last, Model model, List<Hop> hops, @Nullable Flawed flawed) {
    var all = new ArrayList<>(hops);
    CallOutcome.NoAnswer failure =
        switch (last) {
          case CallOutcome.Answered a -> null;
          case CallOutcome.Streaming s -> null;
          case CallOutcome.NoAnswer n -> n;
          case CallOutcome.Rejected(var error, var attempts) ->
              new CallOutcome.Failed(Outcomes.REJECTED, error.message(), null, attempts);
          case CallOutcome.Shed(var attempts) ->
              new CallOutcome.Failed(Outcomes.SHED, "no room for the call", null, attempts);
        };
    if (failure != null) {
      all.add(new Hop(model, failure));
      for (Hop hop : all.reversed()) {
        if (hop.failure() instanceof CallOutcome.Unsure(var unsure, var answer)) {
          var given = new CallOutcome.Answered(answer.completion(), answer.simulated(), List.of());
          return new FallbackOutcome(given, unsure, List.copyOf(all), null);
        }
      }
    }
    return new FallbackOutcome(last, model, List.copyOf(hops), flawed);
  }

  /** All attempts so far, the failed candidates' first. */
  public List<AttemptReport> attempts() {
    var all = new ArrayList<AttemptReport>();
    hops.forEach(hop -> all.addAll(hop.failure().attempts()));
    all.addAll(last.attempts());
    return List.copyOf(all);
  }
}
