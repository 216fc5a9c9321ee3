package dev.flotilla.provider.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import org.jspecify.annotations.Nullable;

/** Anthropic's {@code usage}, whose buckets are disjoint, as OpenAI's, whose are not. */
final class NativeUsage {
  private NativeUsage() {}

  /** Null when it is incomplete or says something that cannot be true. */
  static @Nullable ObjectNode toOpenAi(JsonNode usage) {
    long input = count(usage.path("input_tokens"));
    long output = count(usage.path("output_tokens"));
    long read = optional(usage.path("cache_read_input_tokens"));
    long written = optional(usage.path("cache_creation_input_tokens"));
    long writtenFor1h = optional(usage.path("cache_creation").path("ephemeral_1h_input_tokens"));
    if (input < 0 || output < 0 || read < 0 || written < 0 || writtenFor1h < 0) {
      return null;
    }
    long prompt = input + read + written;
    ObjectNode said = Json.object();
    said.put("prompt_tokens", prompt).put("completion_tokens", output);
    said.put("total_tokens", prompt + output);
    ObjectNode details = said.putObject("prompt_tokens_details").put("cached_tokens", read);
    if (written > 0) {
      details.put("cache_write_tokens", written).put("cache_write_1h_tokens", writtenFor1h);
    }
    // Already counted in the output.
    JsonNode thought = usage.path("output_tokens_details").path("thinking_tokens");
    if (thought.isIntegralNumber()) {
      said.putObject("completion_tokens_details").set("reasoning_tokens", thought);
    }
    return said;
  }

  private static long optional(JsonNode node) {
    return node.isMissingNode() || node.isNull() ? 0 : count(node);
  }

  /** -1 when it is no count; the largest ones are left to who knows the model. */
  private static long count(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToInt() ? node.longValue() : -1;
  }
}
