package dev.flotilla.router.confidence;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.exchange.ChatRequest;
import java.util.List;

/** How a model is asked so that its answers show how sure it is. */
final class Asking {
  /** Below this the second answer would be the first one again. */
  private static final double LEAST_TEMPERATURE = 0.5;

  private static final double TEMPERATURE = 0.7;

  private Asking() {}

  /** For all of the answer, and for logprobs. */
  static ChatRequest forLogprobs(ChatRequest request) {
    ChatRequest whole = request.whole();
    return hasLogprobs(request)
        ? whole
        : with(Json.object().<ObjectNode>setAll(whole.body()).put("logprobs", true), whole);
  }

  /** Whether the caller asks for them. */
  static boolean hasLogprobs(ChatRequest request) {
    return request.body().path("logprobs").asBoolean(false);
  }

  /**
   * The same request where the model may answer otherwise. A temperature that was not given is left
   * alone: it is high enough where there is one, and models that think refuse any.
   */
  static ChatRequest differently(ChatRequest request) {
    ChatRequest whole = request.whole();
    ObjectNode body = Json.object().setAll(whole.body());
    body.remove(List.of("seed", "logprobs", "top_logprobs"));
    if (body.path("temperature").isNumber()
        && body.path("temperature").doubleValue() < LEAST_TEMPERATURE) {
      body.put("temperature", TEMPERATURE);
    }
    return with(body, whole);
  }

  private static ChatRequest with(ObjectNode body, ChatRequest request) {
    return new ChatRequest(body, request.hints(), request.marked(), request.operation());
  }
}
