package dev.flotilla.review.reviewer;

import dev.flotilla.catalog.Model;
import dev.flotilla.review.policy.Independence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The seats of a panel and who may still take one. Nobody sits beside a model that is not
 * independent of it, and no model that failed comes back under another name. Thread-safe.
 */
public final class Bench {
  private final Independence independence;
  private final Set<Model> waiting;
  private final List<Model> seated;
  private final Set<String> failedModels = new HashSet<>();

  /**
   * @param seated independent of each other, in the order of their seats
   * @param waiting independent of all authors, best first
   */
  Bench(Independence independence, List<Model> seated, List<Model> waiting) {
    this.independence = independence;
    this.seated = new ArrayList<>(seated);
    this.waiting = new LinkedHashSet<>(waiting);
    seated.forEach(this.waiting::remove);
  }

  public synchronized List<Model> seated() {
    return List.copyOf(seated);
  }

  /** Who may still take a seat, best first. */
  public synchronized List<Model> waiting() {
    return List.copyOf(waiting);
  }

  /** The next who may take the seat of a model that failed; empty when nobody is left. */
  synchronized Optional<Model> standInFor(Model failed) {
    failedModels.add(Identity.of(failed).model());
    var others = new ArrayList<>(seated);
    others.remove(failed);
    Optional<Model> next =
        waiting.stream()
            .filter(
                model ->
                    others.stream()
                        .allMatch(
                            other ->
                                Identity.of(model)
                                    .shared(Identity.of(other), independence)
                                    .isEmpty()))
            .filter(model -> !failedModels.contains(Identity.of(model).model()))
            .findFirst();
    next.ifPresent(
        model -> {
          waiting.remove(model);
          seated.set(seated.indexOf(failed), model);
        });
    return next;
  }
}
