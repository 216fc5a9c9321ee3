package dev.flotilla.router.routing;

import dev.flotilla.catalog.Model;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.validation.Validators;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is asked, in which order, and what counts as an answer.
 *
 * @param classification null when models were named and nothing had to be classified
 * @param candidates at least one, best first
 * @param passedOver models that were named but are not asked
 * @param cheapest models of the cheapest tier that may be asked when a budget has money for nothing
 *     else, best first; those of the candidates only, when the caller named models
 */
public record Plan(
    @Nullable Classification classification,
    List<Model> candidates,
    List<PassedOver> passedOver,
    Validators validators,
    List<Model> cheapest) {
  public Plan {
    cheapest = List.copyOf(cheapest);
    candidates = List.copyOf(candidates);
    passedOver = List.copyOf(passedOver);
  }

  /** One without a cheaper way. */
  public Plan(
      @Nullable Classification classification,
      List<Model> candidates,
      List<PassedOver> passedOver,
      Validators validators) {
    this(classification, candidates, passedOver, validators, List.of());
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
