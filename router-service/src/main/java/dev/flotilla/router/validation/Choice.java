package dev.flotilla.router.validation;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * One choice of an answer, as validators look at it.
 *
 * @param body as it came
 */
record Choice(JsonNode body) {
  private JsonNode message() {
    return body.path("message");
  }

  /** What the model wrote; empty when it wrote nothing. */
  String text() {
    return message().path("content").asText("");
  }

  /** A model that declines has answered: nothing further can be expected of the text. */
  boolean refused() {
    return !message().path("refusal").asText("").isEmpty();
  }

  /** The tools it wants to be called; an empty node when there are none. */
  JsonNode toolCalls() {
    return message().path("tool_calls");
  }

  boolean callsTools() {
    return !toolCalls().isEmpty() || message().path("function_call").isObject();
  }

  boolean speaks() {
    return message().path("audio").isObject();
  }

  @Nullable String finishReason() {
    return body.path("finish_reason").textValue();
  }
}
