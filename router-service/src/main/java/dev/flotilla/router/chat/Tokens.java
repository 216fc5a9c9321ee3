package dev.flotilla.router.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.router.exchange.ChatRequest;

/** How many tokens a request takes: guessed before, read afterwards. */
final class Tokens {
  /** English prose has about four bytes to a token; other texts have more tokens to the byte. */
  static final long BYTES_PER_TOKEN = 4;

  private Tokens() {}

  /** Tokens of the question as it came. */
  static long ofQuestion(Journey journey) {
    return Math.ceilDiv(journey.bodyBytes(), BYTES_PER_TOKEN);
  }

  /** The question, and the longest answer its caller admits; 0 for that when there is no limit. */
  static long estimate(ChatRequest request, Journey journey) {
    Long limit = request.maxTokens();
    return ofQuestion(journey) + (limit == null ? 0 : Math.clamp(limit, 0, Integer.MAX_VALUE));
  }

  /** What an answer's {@code usage} says; 0 when it says nothing. */
  static long used(JsonNode usage) {
    return Math.max(
        0, usage.path("prompt_tokens").asLong(0) + usage.path("completion_tokens").asLong(0));
  }
}
