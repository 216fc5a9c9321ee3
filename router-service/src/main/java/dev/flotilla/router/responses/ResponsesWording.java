package dev.flotilla.router.responses;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.router.chat.StreamWording;
import dev.flotilla.router.chat.Wording;
import dev.flotilla.router.exchange.ChatRequest;

/** Says answers as OpenAI's Responses API does. */
record ResponsesWording(Settings settings) implements Wording {
  @Override
  public ObjectNode whole(ObjectNode completion) {
    return ResponseWriter.write(completion, settings);
  }

  @Override
  public StreamWording stream(ChatRequest request) {
    return new ResponseEvents(settings);
  }
}
