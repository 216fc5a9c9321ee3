package dev.flotilla.router.admission;

import java.util.Locale;

/** What is limited. */
public enum Scope {
  REQUESTS,
  TOKENS;

  /** As in the names of headers, as an error's {@code type}, and as a label. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
