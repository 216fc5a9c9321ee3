package dev.flotilla.router.validation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model calls only functions it was given, with arguments that are a JSON object; those of a
 * {@code strict} function satisfy its parameters' schema.
 *
 * @param names of all functions
 * @param strict parameters' schemas of the strict ones
 */
record ToolArguments(Set<String> names, Map<String, CheckedSchema> strict) implements Validator {
  static final String RULE = "tool_arguments";

  @Override
  public List<BrokenRule> brokenBy(Choice choice) {
    var broken = new ArrayList<BrokenRule>();
    for (JsonNode call : choice.toolCalls()) {
      JsonNode function = call.path("function");
      if (function.isObject()) {
        check(function, broken);
      }
    }
    return broken;
  }

  private void check(JsonNode function, List<BrokenRule> broken) {
    String name = function.path("name").asText("");
    if (!names.contains(name)) {
      broken.add(new BrokenRule(RULE, "the answer calls a function nobody offered"));
      return;
    }
    JsonNode arguments = arguments(function);
    if (arguments == null || !arguments.isObject()) {
      broken.add(new BrokenRule(RULE, "the arguments of " + name + " are not a JSON object"));
      return;
    }
    CheckedSchema schema = strict.get(name);
    if (schema != null) {
      for (BrokenRule rule : schema.brokenBy(arguments)) {
        broken.add(new BrokenRule(RULE, "the arguments of " + name + ", " + rule.message()));
      }
    }
  }

  private static @Nullable JsonNode arguments(JsonNode function) {
    String text = function.path("arguments").asText("");
    try {
      // A function without parameters is often called with no arguments at all.
      return text.isBlank() ? Json.object() : Json.parse(text);
    } catch (NotJson e) {
      return null;
    }
  }
}
