package dev.flotilla.router.exchange;

import java.util.Locale;
import java.util.Optional;

/** Kinds of work that are worth different models. */
public enum TaskType {
  COMPLEX,
  STANDARD,
  STRUCTURED,
  BULK;

  /** As it is written everywhere outside this service. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Understands our words and the classic names people bring along; empty for a word nobody knows.
   */
  public static Optional<TaskType> of(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "complex", "powerful" -> Optional.of(COMPLEX);
      case "standard", "moderate", "balanced" -> Optional.of(STANDARD);
      case "structured" -> Optional.of(STRUCTURED);
      case "bulk", "simple", "fast" -> Optional.of(BULK);
      default -> Optional.empty();
    };
  }
}
