package dev.flotilla.router.exchange;

import java.util.Locale;

/** What a model is asked for. */
public enum Operation {
  /** The next words of a conversation. */
  CHAT,
  /** Vectors of texts. */
  EMBEDDINGS;

  /** As ledger and metrics call where a request came from. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
