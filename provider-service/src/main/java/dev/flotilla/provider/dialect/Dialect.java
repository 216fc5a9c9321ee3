package dev.flotilla.provider.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import org.jspecify.annotations.Nullable;

/** A wire format that providers speak. Thread-safe. */
public interface Dialect {
  /**
   * Whether the model can be asked at all; false for a simulated failure nobody knows how to show,
   * and for vectors where a dialect has no words for them.
   */
  default boolean serves(Model model) {
    return !model.embeds();
  }

  /**
   * What in a request the model cannot be told; null when all of it can. Asked before anything is
   * written down or sent.
   *
   * @param body as in a {@link Question}
   */
  default @Nullable Objection objection(Model model, ObjectNode body) {
    return null;
  }

  /**
   * Asks once and waits for the answer, or for the first chunk of a stream. What a provider does
   * wrong is an outcome, never an exception.
   */
  CallOutcome ask(Question question);
}
