package dev.flotilla.review.reviewer;

import java.util.Locale;

/** How bad a finding is. */
public enum Severity {
  /** Must not go out like this. */
  BLOCKER,
  MAJOR,
  MINOR;

  /** Throws for any other word; the schema of answers admits none. */
  static Severity of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
