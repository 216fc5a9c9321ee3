package dev.flotilla.pipelines.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which task type is the next stronger one. */
public final class Escalation {
  private Escalation() {}

  /** Empty for the strongest, and for a word nobody knows. */
  public static Optional<String> after(String taskType) {
    return switch (taskType) {
      case "bulk" -> Optional.of("standard");
      case "standard", "structured" -> Optional.of("complex");
      default -> Optional.empty();
    };
  }

  /** A task type and all stronger ones that may be asked after it, weakest first. */
  public static List<String> from(String taskType) {
    var types = new ArrayList<String>();
    for (Optional<String> at = Optional.of(taskType); at.isPresent(); at = after(at.get())) {
      types.add(at.get());
    }
    return List.copyOf(types);
  }
}
