package dev.flotilla.router.validation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.pipelines.schema.JsonSchema;
import java.util.List;

/** A JSON Schema somebody brought along, as answers are judged by it. Thread-safe. */
record CheckedSchema(JsonSchema schema) {
  static final String RULE = "json_schema";

  List<BrokenRule> brokenBy(JsonNode tree) {
    return schema.violations(tree).stream()
        .map(violation -> new BrokenRule(RULE, violation.toString()))
        .toList();
  }
}
