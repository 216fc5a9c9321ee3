package dev.flotilla.router.routing;

import dev.flotilla.catalog.Model;
import dev.flotilla.router.classification.Classifier;
import dev.flotilla.router.exchange.TaskType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A routing policy as its file says it.
 *
 * @param version changes whenever a decision could
 * @param baseline the model that would have been asked without routing; null when the file names
 *     none
 * @param candidates for each task type at least one model, best first
 */
public record Routing(
    String version,
    @Nullable Model baseline,
    Map<TaskType, List<Model>> candidates,
    Classifier classifier) {
  public Routing {
    candidates = Map.copyOf(candidates);
  }
}
