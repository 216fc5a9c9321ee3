package dev.flotilla.router.messages;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.router.chat.StreamWording;
import dev.flotilla.router.chat.Wording;
import dev.flotilla.router.exchange.ChatRequest;

/**
 * Says answers as Anthropic does.
 *
 * @param withThoughts whether thoughts that nobody has signed are shown: a caller who asked for
 *     none would not expect them. Signed ones always are, because they must come back
 */
record MessagesWording(boolean withThoughts) implements Wording {
  @Override
  public ObjectNode whole(ObjectNode completion) {
    return MessageWriter.write(completion, withThoughts);
  }

  @Override
  public StreamWording stream(ChatRequest request) {
    return new MessageEvents(withThoughts);
  }
}
