package dev.flotilla.router.validation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text is JSON, and as its schema wants it. A choice that calls tools or declines has no text
 * to look at.
 *
 * @param schema null when any JSON object will do
 */
record JsonAnswer(@Nullable CheckedSchema schema) implements Validator {
  static final String JSON = "json";

  @Override
  public List<BrokenRule> brokenBy(Choice choice) {
    if (choice.refused() || choice.callsTools()) {
      return List.of();
    }
    JsonNode tree;
    try {
      tree = Json.parse(choice.text());
    } catch (NotJson e) {
      return List.of(new BrokenRule(JSON, "the answer is not JSON: " + e.getMessage()));
    }
    if (schema != null) {
      return schema.brokenBy(tree);
    }
    return tree.isObject()
        ? List.of()
        : List.of(new BrokenRule(JSON, "the answer is JSON, but no object"));
  }
}
