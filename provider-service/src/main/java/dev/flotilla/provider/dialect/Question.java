package dev.flotilla.provider.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.http.Deadline;

/**
 * One attempt to get an answer.
 *
 * @param body the caller's request in OpenAI's dialect, for chat or, when the model embeds, for
 *     vectors; {@code model} in it is not the provider's name. Not changed by a dialect
 */
public record Question(String attemptId, Model model, ObjectNode body, Deadline deadline) {
  public boolean stream() {
    return !model.embeds() && body.path("stream").asBoolean();
  }
}
