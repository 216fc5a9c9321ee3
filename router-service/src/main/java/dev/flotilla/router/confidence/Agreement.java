package dev.flotilla.router.confidence;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.exchange.Completion;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How much two answers to the same request say the same, 0 to 1: twice what they have in common, by
 * what both have (Dice). Answers that are to be JSON have values at places in common, calls of
 * tools their functions and arguments, and texts runs of three characters, whatever their case and
 * punctuation.
 */
final class Agreement {
  private static final int RUN = 3;
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+");

  private Agreement() {}

  /**
   * @param json whether the answers' text is to be JSON
   */
  static double of(Completion one, Completion other, boolean json) {
    return dice(parts(one, json), parts(other, json));
  }

  private static Map<String, Integer> parts(Completion completion, boolean json) {
    JsonNode message = completion.body().at("/choices/0/message");
    var parts = new HashMap<String, Integer>();
    for (JsonNode call : message.path("tool_calls")) {
      JsonNode function = call.path("function");
      String name = "call " + function.path("name").asText();
      parts.merge(name, 1, Integer::sum);
      values(function.path("arguments").asText(), name, parts);
    }
    String text = message.path("content").asText(message.path("refusal").asText(""));
    if (json) {
      values(text, "", parts);
    } else {
      runs(text, parts);
    }
    return parts;
  }

  private static void values(String text, String place, Map<String, Integer> into) {
    try {
      values(Json.parse(text), place, into);
    } catch (NotJson e) {
      runs(text, into);
    }
  }

  private static void values(JsonNode node, String place, Map<String, Integer> into) {
    if (node.isObject()) {
      node.properties().forEach(f -> values(f.getValue(), place + "/" + f.getKey(), into));
    } else if (node.isArray()) {
      int at = 0;
      for (JsonNode item : node) {
        values(item, place + "/" + at++, into);
      }
    } else {
      String value =
          node.isNumber()
              ? node.decimalValue().stripTrailingZeros().toPlainString()
              : node.asText();
      into.merge(place + "=" + value, 1, Integer::sum);
    }
  }

  private static void runs(String text, Map<String, Integer> into) {
    String words =
        " " + BETWEEN_WORDS.matcher(text.toLowerCase(Locale.ROOT)).replaceAll(" ").strip() + " ";
    for (int from = 0; from + RUN <= words.length(); from++) {
      into.merge(words.substring(from, from + RUN), 1, Integer::sum);
    }
  }

  private static double dice(Map<String, Integer> one, Map<String, Integer> other) {
    long common = 0;
    for (var part : one.entrySet()) {
      common += Math.min(part.getValue(), other.getOrDefault(part.getKey(), 0));
    }
    long both = count(one) + count(other);
    return both == 0 ? 1 : 2.0 * common / both;
  }

  private static long count(Map<String, Integer> parts) {
    return parts.values().stream().mapToLong(Integer::longValue).sum();
  }
}
