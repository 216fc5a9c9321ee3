package dev.flotilla.router.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.router.exchange.ChatRequest;

/**
 * How a way in says what this fleet says among itself in OpenAI's words. What goes wrong is said by
 * the door's own dialect, see {@link dev.flotilla.router.door.DoorDialect}.
 */
public interface Wording {
  /** What this fleet itself speaks. */
  Wording OPENAI = new OpenAiWording();

  /**
   * A whole answer.
   *
   * @param completion an object of kind {@code chat.completion}, with the id of the model that
   *     answered, {@code usage.cost} and, unless the caller does not want it, {@code route}; not
   *     changed
   */
  ObjectNode whole(ObjectNode completion);

  /** Says one answer piece by piece. */
  StreamWording stream(ChatRequest request);
}
