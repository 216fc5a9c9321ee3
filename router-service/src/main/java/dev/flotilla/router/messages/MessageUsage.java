package dev.flotilla.router.messages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;

/** OpenAI's {@code usage}, where cached tokens are a part of the prompt's, as Anthropic's. */
final class MessageUsage {
  private MessageUsage() {}

  /** Nothing counted yet. */
  static ObjectNode none() {
    return of(Json.object());
  }

  /** Counts that nobody gave are 0, because clients insist on a number. */
  static ObjectNode of(JsonNode usage) {
    long prompt = count(usage.path("prompt_tokens"));
    JsonNode details = usage.path("prompt_tokens_details");
    long read = Math.min(prompt, count(details.path("cached_tokens")));
    long written = Math.min(prompt - read, count(details.path("cache_write_tokens")));
    long forAnHour = Math.min(written, count(details.path("cache_write_1h_tokens")));
    ObjectNode said = Json.object();
    said.put("input_tokens", prompt - read - written);
    said.put("cache_creation_input_tokens", written);
    said.put("cache_read_input_tokens", read);
    said.putObject("cache_creation")
        .put("ephemeral_5m_input_tokens", written - forAnHour)
        .put("ephemeral_1h_input_tokens", forAnHour);
    said.put("output_tokens", count(usage.path("completion_tokens")));
    JsonNode thought = usage.path("completion_tokens_details").path("reasoning_tokens");
    if (thought.isIntegralNumber()) {
      said.putObject("output_tokens_details").set("thinking_tokens", thought);
    }
    if (usage.has("cost")) {
      said.set("cost", usage.path("cost"));
    }
    return said;
  }

  private static long count(JsonNode count) {
    return count.isIntegralNumber() ? Math.max(0, count.longValue()) : 0;
  }
}
