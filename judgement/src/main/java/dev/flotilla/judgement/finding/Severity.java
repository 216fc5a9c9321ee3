package dev.flotilla.judgement.finding;

import java.util.Locale;

/** How bad a finding is; the worst comes first. */
public enum Severity {
  /** Must not go out like this. */
  BLOCKER,
  /** Must be changed. */
  MAJOR,
  /** Should be changed. */
  MINOR;

  /**
   * Reads a word as it stands on the wire.
   *
   * @throws IllegalArgumentException for any other word
   */
  public static Severity of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** As it stands on the wire. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
