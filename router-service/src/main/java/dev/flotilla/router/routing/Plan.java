package dev.flotilla.router.routing;

import dev.flotilla.catalog.Model;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.confidence.Gates;
import dev.flotilla.router.exchange.BestEffort;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.gain.GainDecision;
import dev.flotilla.router.validation.Validators;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is asked, in which order, and what counts as an answer.
 *
 * @param classification null when models were named and nothing had to be classified
 * @param candidates at least one, best first
 * @param passedOver models that were named but are not asked
 * @param bestEffort what is given when no answer passes the validators
 * @param cheapest models of the cheapest tier that may be asked when a budget has money for nothing
 *     else, best first; those of the candidates only, when the caller named models
 * @param gates whose answers are doubted
 * @param gain what was foretold of a stronger model and put the candidates in their order; null
 *     when nothing was
 */
public record Plan(
    @Nullable Classification classification,
    List<Model> candidates,
    List<PassedOver> passedOver,
    Validators validators,
    BestEffort bestEffort,
    List<Model> cheapest,
    Gates gates,
    @Nullable GainDecision gain) {
  public Plan {
    cheapest = List.copyOf(cheapest);
    candidates = List.copyOf(candidates);
    passedOver = List.copyOf(passedOver);
  }

  /** One without a cheaper way and without doubts, that gives nothing that is not good enough. */
  public Plan(
      @Nullable Classification classification,
      List<Model> candidates,
      List<PassedOver> passedOver,
      Validators validators) {
    this(
        classification,
        candidates,
        passedOver,
        validators,
        BestEffort.NONE,
        List.of(),
        Gates.NONE,
        null);
  }

  /** The same for a request that is of this kind by other signals. */
  public Plan classifiedAs(Classification other) {
    return new Plan(other, candidates, passedOver, validators, bestEffort, cheapest, gates, gain);
  }

  /** The same with one model asked before all others. */
  public Plan withFirst(Model first) {
    var reordered = new ArrayList<Model>();
    reordered.add(first);
    candidates.stream().filter(model -> !model.equals(first)).forEach(reordered::add);
    return new Plan(
        classification,
        reordered,
        passedOver,
        validators,
        bestEffort,
        cheapest,
        gates.sparing(reordered.getLast()),
        gain);
  }

  /** Which kind of work it is to those who count; named models are asked for any kind. */
  public TaskType lane() {
    return classification == null ? TaskType.STANDARD : classification.taskType();
  }

  /**
   * A model that is not asked.
   *
   * @param why in words, for whoever wants to know
   */
  public record PassedOver(Model model, String why) {}
}
