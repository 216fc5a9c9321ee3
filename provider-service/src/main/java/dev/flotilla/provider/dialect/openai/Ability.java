package dev.flotilla.provider.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.ServiceTier;
import dev.flotilla.provider.dialect.Objection;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a request asks that the catalogue does not say its model can. Values that change
 * nothing ask nothing; parameters that are not known here are the provider's own and go through.
 */
final class Ability {
  /** Parts of a message and the modality that it takes to understand them. */
  private static final Map<String, String> PARTS =
      Map.of("image_url", "image", "input_audio", "audio", "file", "file");

  private static final Set<String> ORDINARY_TIERS = Set.of("auto", "default");

  private Ability() {}

  /** Null when it can do all of it. */
  static @Nullable Objection objection(Model model, ObjectNode body) {
    for (var field : body.properties()) {
      JsonNode value = field.getValue();
      if (!value.isNull()) {
        Objection objection = objection(model, body, field.getKey(), value);
        if (objection != null) {
          return objection;
        }
      }
    }
    return parts(model, body.path("messages"));
  }

  /** Whether a parameter says no more than what happens anyway. */
  static boolean asksNothing(String name, JsonNode value) {
    return value.isNull()
        || switch (name) {
          case "tools", "functions", "logit_bias" -> value.isContainerNode() && value.isEmpty();
          case "parallel_tool_calls" -> value.isBoolean() && value.booleanValue();
          case "logprobs" -> value.isBoolean() && !value.booleanValue();
          case "top_logprobs" -> value.isIntegralNumber() && value.longValue() == 0;
          case "n" -> value.isIntegralNumber() && value.longValue() == 1;
          default -> false;
        };
  }

  private static @Nullable Objection objection(
      Model model, ObjectNode body, String name, JsonNode value) {
    Feature needed =
        switch (name) {
          case "tools", "functions" -> Feature.TOOLS;
          case "parallel_tool_calls" -> body.path("tools").isEmpty() ? null : feature(name);
          case "response_format" -> format(value.path("type").asText());
          case "top_logprobs" -> Feature.LOGPROBS;
          case "seed" -> Feature.RANDOM_SEED.of(model) ? null : Feature.SEED;
          case "n", "logprobs", "logit_bias", "top_k", "reasoning_effort" -> feature(name);
          default -> null;
        };
    if (needed != null && !needed.of(model) && !asksNothing(name, value)) {
      return lacks(model, name, needed.word());
    }
    return switch (name) {
      case "service_tier" ->
          hasAPrice(model, value.asText())
              ? null
              : Objection.unsupported(
                  name,
                  "Only the tiers auto and default, and those the catalogue has a price for, can be"
                      + " asked of "
                      + model.id()
                      + "; write one of them.");
      case "modalities" ->
          value.size() == 1 && value.path(0).asText().equals("text")
              ? null
              : Objection.unsupported(
                  name, "Answers come as text only; write [\"text\"] or leave it out.");
      default -> null;
    };
  }

  private static boolean hasAPrice(Model model, String tier) {
    // A batch is no tier of a single request.
    return ORDINARY_TIERS.contains(tier)
        || ServiceTier.of(tier)
            .filter(asked -> asked == ServiceTier.FLEX || asked == ServiceTier.PRIORITY)
            .flatMap(model.priceAt(Instant.now())::under)
            .isPresent();
  }

  private static Feature feature(String name) {
    return Feature.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private static @Nullable Feature format(String type) {
    return switch (type) {
      case "json_object" -> Feature.JSON_OBJECT;
      case "json_schema" -> Feature.JSON_SCHEMA;
      default -> null;
    };
  }

  private static @Nullable Objection parts(Model model, JsonNode messages) {
    for (int i = 0; i < messages.size(); i++) {
      JsonNode content = messages.path(i).path("content");
      for (int j = 0; content.isArray() && j < content.size(); j++) {
        String modality = PARTS.get(content.path(j).path("type").asText());
        if (modality != null && !model.inputs().contains(modality)) {
          return Objection.unsupported(
              "messages[" + i + "].content[" + j + "]",
              model.id()
                  + " takes no "
                  + modality
                  + "; leave it out, or name a model whose inputs in the catalogue have it.");
        }
      }
    }
    return null;
  }

  private static Objection lacks(Model model, String param, String feature) {
    return Objection.unsupported(
        param,
        model.id()
            + " cannot be told '"
            + param
            + "'; leave it out, or name a model that supports "
            + feature
            + " in the catalogue.");
  }
}
