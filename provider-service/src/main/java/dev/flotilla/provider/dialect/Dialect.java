package dev.flotilla.provider.dialect;

import dev.flotilla.catalog.Model;

/** A wire format that providers speak. Thread-safe. */
public interface Dialect {
  /**
   * Whether the model can be asked at all; false for a simulated failure nobody knows how to show.
   */
  default boolean serves(Model model) {
    return true;
  }

  /**
   * Asks once and waits for the answer, or for the first chunk of a stream. What a provider does
   * wrong is an outcome, never an exception.
   */
  CallOutcome ask(Question question);
}
