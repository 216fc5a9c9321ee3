package dev.flotilla.router.exchange;

import java.util.Locale;
import java.util.Optional;

/** What is given when no candidate's answer passes its validators. */
public enum BestEffort {
  /** The answer of the last candidate that gave one, with what is wrong with it. */
  LAST,
  /** Nothing: an answer that is not good enough is none. */
  NONE;

  /** As it is written everywhere outside this service. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Empty for a word nobody knows. */
  public static Optional<BestEffort> of(String word) {
    return switch (word.strip().toLowerCase(Locale.ROOT)) {
      case "last" -> Optional.of(LAST);
      case "none" -> Optional.of(NONE);
      default -> Optional.empty();
    };
  }
}
