package dev.flotilla.router.routing;

import dev.flotilla.catalog.Model;
import dev.flotilla.router.classification.Classification;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is asked, in which order.
 *
 * @param classification null when models were named and nothing had to be classified
 * @param candidates at least one, best first
 */
public record Plan(@Nullable Classification classification, List<Model> candidates) {
  public Plan {
    candidates = List.copyOf(candidates);
  }
}
