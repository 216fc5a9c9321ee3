package dev.flotilla.provider.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Gemini's {@code generationConfig}: how long, how varied and in which form a model answers. */
final class GenerationConfig {
  private static final Map<String, String> NUMBERS =
      Map.of(
          "temperature", "temperature",
          "top_p", "topP",
          "presence_penalty", "presencePenalty",
          "frequency_penalty", "frequencyPenalty");

  private static final int MOST_STOPS = 5;

  private GenerationConfig() {}

  static ObjectNode of(Model model, ObjectNode body) throws Inexpressible {
    ObjectNode config = Json.object();
    for (var entry : NUMBERS.entrySet()) {
      JsonNode number = body.path(entry.getKey());
      if (isGiven(number)) {
        if (!number.isNumber()) {
          throw Inexpressible.invalid(entry.getKey(), "'" + entry.getKey() + "' must be a number.");
        }
        config.set(entry.getValue(), number);
      }
    }
    limit(body, config);
    seed(body.path("seed"), config);
    stop(body.path("stop"), config);
    effort(model, body.path("reasoning_effort"), config);
    format(body.path("response_format"), config);
    return config;
  }

  private static void limit(ObjectNode body, ObjectNode config) throws Inexpressible {
    for (String name : List.of("max_completion_tokens", "max_tokens")) {
      JsonNode limit = body.path(name);
      if (isGiven(limit)) {
        if (!limit.isIntegralNumber() || !limit.canConvertToInt() || limit.intValue() < 1) {
          throw Inexpressible.invalid(
              name, "'" + name + "' must be a whole number of tokens, 1 or more.");
        }
        config.set("maxOutputTokens", limit);
        return;
      }
    }
  }

  private static void seed(JsonNode seed, ObjectNode config) throws Inexpressible {
    if (!isGiven(seed)) {
      return;
    }
    if (!seed.isIntegralNumber()) {
      throw Inexpressible.invalid("seed", "'seed' must be a whole number.");
    }
    if (!seed.canConvertToInt()) {
      throw Inexpressible.unsupported(
          "seed", "Gemini's seeds have 32 bits; write one up to " + Integer.MAX_VALUE + ".");
    }
    config.set("seed", seed);
  }

  private static void stop(JsonNode stop, ObjectNode config) throws Inexpressible {
    if (!isGiven(stop)) {
      return;
    }
    var sequences = config.putArray("stopSequences");
    for (JsonNode one : stop.isArray() ? stop : List.of(stop)) {
      if (!one.isTextual()) {
        throw Inexpressible.invalid("stop", "'stop' must be a string or a list of strings.");
      }
      sequences.add(one);
    }
    if (sequences.size() > MOST_STOPS) {
      throw Inexpressible.unsupported(
          "stop", "Gemini knows at most " + MOST_STOPS + " stop sequences; write fewer.");
    }
    if (sequences.isEmpty()) {
      config.remove("stopSequences");
    }
  }

  private static void effort(Model model, JsonNode effort, ObjectNode config) throws Inexpressible {
    if (!isGiven(effort)) {
      return;
    }
    String level =
        switch (effort.asText()) {
          // The large models have no level below low; Google's own translation does the same.
          case "minimal" -> model.upstream().contains("-pro") ? "low" : "minimal";
          case "low", "medium", "high" -> effort.textValue();
          default ->
              throw Inexpressible.unsupported(
                  "reasoning_effort",
                  "Gemini's models always think, with an effort of minimal, low, medium or high;"
                      + " write one of these.");
        };
    config
        .putObject("thinkingConfig")
        .put("thinkingLevel", level.toUpperCase(Locale.ROOT))
        .put("includeThoughts", true);
  }

  private static void format(JsonNode format, ObjectNode config) throws Inexpressible {
    if (!isGiven(format)) {
      return;
    }
    switch (format.path("type").asText()) {
      case "text" -> {}
      case "json_object" -> config.put("responseMimeType", "application/json");
      case "json_schema" -> {
        config.put("responseMimeType", "application/json");
        JsonNode schema = format.path("json_schema").path("schema");
        if (schema.isObject()) {
          config.set("responseJsonSchema", described(schema, format.path("json_schema")));
        }
      }
      default ->
          throw Inexpressible.unsupported(
              "response_format",
              "Gemini answers in text, json_object or json_schema; write one of these as"
                  + " response_format.type.");
    }
  }

  /** Gemini has no place for a description beside the schema, but one inside it. */
  private static JsonNode described(JsonNode schema, JsonNode named) {
    JsonNode description = named.path("description");
    return description.isTextual() && !schema.has("description")
        ? ((ObjectNode) schema.deepCopy()).set("description", description)
        : schema;
  }

  private static boolean isGiven(JsonNode node) {
    return !node.isMissingNode() && !node.isNull();
  }
}
