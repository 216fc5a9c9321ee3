package dev.flotilla.pipelines.definition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who is asked. */
public sealed interface Target {
  /** Whoever the router finds right for the prompt. */
  record Auto() implements Target {}

  /**
   * The candidates of a task type.
   *
   * @param fallbacks asked after them, best first; models or aliases
   */
  record ByTaskType(String taskType, List<String> fallbacks) implements Target {
    public ByTaskType {
      fallbacks = List.copyOf(fallbacks);
    }
  }

  /**
   * One model.
   *
   * @param taskType only what it is counted as; null when nothing is said
   * @param model an id or an alias of the catalogue
   * @param fallbacks asked after it, best first; models or aliases
   */
  record ByModel(@Nullable String taskType, String model, List<String> fallbacks)
      implements Target {
    public ByModel {
      fallbacks = List.copyOf(fallbacks);
    }
  }
}
