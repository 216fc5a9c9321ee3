package dev.flotilla.provider.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.provider.embedding.Vectors;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer in OpenAI's dialect.
 *
 * @param body as it came; its {@code model} is the provider's name
 * @param usage null when the provider reported none that can be true
 */
public record Completion(ObjectNode body, @Nullable AttemptUsage usage) {

  /** The view of a body; null when it carries no choice, which is no answer. */
  public static @Nullable Completion of(ObjectNode body, Model model) {
    JsonNode first = body.path("choices").path(0);
    if (!first.path("message").isObject()) {
      return null;
    }
    return new Completion(body, OpenAiUsage.read(body.path("usage"), model.contextTokens()));
  }

  /** Whether the provider reported counts that cannot be true. */
  public boolean usageRefused() {
    return usage == null && OpenAiUsage.isSomething(body.path("usage"));
  }

  /** Vectors are an answer without words. */
  public static Completion of(Vectors vectors) {
    return new Completion(vectors.body(), vectors.usage());
  }

  public @Nullable String id() {
    return body.path("id").textValue();
  }

  public @Nullable String servedModel() {
    return body.path("model").textValue();
  }

  public @Nullable String finishReason() {
    return body.path("choices").path(0).path("finish_reason").textValue();
  }

  /** The service it was given; null when the provider did not say. */
  public @Nullable String serviceTier() {
    return body.path("service_tier").textValue();
  }

  /** Everything the model wrote, hidden or not, for counting when the provider did not. */
  public String text() {
    var text = new StringBuilder();
    for (JsonNode choice : body.path("choices")) {
      StreamTally.append(text, choice.path("message"));
    }
    return text.toString();
  }
}
