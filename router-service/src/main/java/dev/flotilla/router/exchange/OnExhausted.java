package dev.flotilla.router.exchange;

import java.util.Locale;
import java.util.Optional;

/** What becomes of a request that no candidate could answer. */
public enum OnExhausted {
  /** Its caller is told. */
  ERROR,
  /** A person is asked, and its caller is told where the answer will be. */
  HUMAN;

  /** As it is written everywhere outside this service. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Empty for a word nobody knows. */
  public static Optional<OnExhausted> of(String word) {
    return switch (word.strip().toLowerCase(Locale.ROOT)) {
      case "error" -> Optional.of(ERROR);
      case "human" -> Optional.of(HUMAN);
      default -> Optional.empty();
    };
  }
}
