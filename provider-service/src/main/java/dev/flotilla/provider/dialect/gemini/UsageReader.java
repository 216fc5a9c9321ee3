package dev.flotilla.provider.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Gemini's {@code usageMetadata} as OpenAI's {@code usage}. Gemini counts cached tokens inside the
 * prompt, as OpenAI does, and thoughts beside the answer, which OpenAI does not. It leaves out
 * counts of zero. What its total has and no count names is charged as output, the dearest, so that
 * nothing is free because it is new.
 */
final class UsageReader {
  private UsageReader() {}

  /** Null when it is absent or cannot be true. */
  static @Nullable ObjectNode read(JsonNode metadata) {
    if (!metadata.path("promptTokenCount").isIntegralNumber()) {
      return null;
    }
    long prompt = count(metadata, "promptTokenCount") + count(metadata, "toolUsePromptTokenCount");
    long thoughts = count(metadata, "thoughtsTokenCount");
    long completion = count(metadata, "candidatesTokenCount") + thoughts;
    if (metadata.has("totalTokenCount")) {
      long total = count(metadata, "totalTokenCount");
      if (total < prompt + completion) {
        return null;
      }
      completion = total - prompt;
    }
    ObjectNode usage =
        Json.object()
            .put("prompt_tokens", prompt)
            .put("completion_tokens", completion)
            .put("total_tokens", prompt + completion);
    usage
        .putObject("prompt_tokens_details")
        .put("cached_tokens", count(metadata, "cachedContentTokenCount"))
        .put("audio_tokens", audio(metadata.path("promptTokensDetails")));
    usage.putObject("completion_tokens_details").put("reasoning_tokens", thoughts);
    return usage;
  }

  private static long audio(JsonNode details) {
    long audio = 0;
    for (JsonNode detail : details) {
      if (detail.path("modality").asText().equals("AUDIO")) {
        audio += count(detail, "tokenCount");
      }
    }
    return audio;
  }

  private static long count(JsonNode of, String name) {
    return of.path(name).asLong(0);
  }
}
