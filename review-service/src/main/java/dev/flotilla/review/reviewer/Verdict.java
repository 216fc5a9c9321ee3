package dev.flotilla.review.reviewer;

import java.util.Locale;

/** What a reviewer thinks should become of an artifact. */
public enum Verdict {
  APPROVE,
  REQUEST_CHANGES,
  REJECT;

  /** Throws for any other word; the schema of answers admits none. */
  public static Verdict of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
