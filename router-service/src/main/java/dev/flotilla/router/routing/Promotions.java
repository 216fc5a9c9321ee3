package dev.flotilla.router.routing;

import dev.flotilla.catalog.Model;
import dev.flotilla.router.exchange.TaskType;
import java.util.Optional;

/** Which cheaper models have shown that they are good enough. Implementations are thread-safe. */
@FunctionalInterface
public interface Promotions {
  /** Nothing is learned. */
  Promotions NONE = type -> Optional.empty();

  /** Who answers a kind of work before all others; empty when the policy's order holds. */
  Optional<Model> promoted(TaskType type);
}
