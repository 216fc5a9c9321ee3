package dev.flotilla.pipelines.pricing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.flotilla.pipelines.value.Path;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How big a value can be that satisfies a JSON Schema. */
final class SchemaSize {
  /** Bytes in UTF-8 of what JSON Schema counts as one character. */
  private static final long PER_CHARACTER = 4;

  private static final long NUMBER = 40;

  private SchemaSize() {}

  /** The schema of what is behind a path; missing when the schema does not say. */
  static JsonNode at(JsonNode schema, List<String> steps) {
    JsonNode at = schema;
    for (String step : steps) {
      at = step.equals(Path.ITEM) ? at.path("items") : at.path("properties").path(step);
    }
    return at.has("$ref") ? MissingNode.getInstance() : at;
  }

  /** Bytes of a value when it is printed; {@link SizeBook#ANY} when the schema does not say. */
  static long bytes(JsonNode schema) {
    if (schema.has("enum")) {
      long most = 0;
      for (JsonNode value : schema.path("enum")) {
        most = Math.max(most, value.toString().getBytes(StandardCharsets.UTF_8).length);
      }
      return most;
    }
    return switch (schema.path("type").asText("")) {
      case "string" ->
          schema.path("maxLength").canConvertToLong() && schema.has("maxLength")
              ? Math.min(
                  SizeBook.ANY,
                  Amounts.product(schema.path("maxLength").asLong(), PER_CHARACTER) + 2)
              : SizeBook.ANY;
      case "number", "integer" -> NUMBER;
      case "boolean", "null" -> 5;
      case "array" ->
          Math.min(
              SizeBook.ANY,
              Amounts.product(items(schema), Amounts.sum(bytes(schema.path("items")), 2)));
      default -> SizeBook.ANY;
    };
  }

  /** How many items a list can have; {@link Long#MAX_VALUE} when the schema does not say. */
  static long items(JsonNode schema) {
    JsonNode most = schema.path("maxItems");
    return most.isIntegralNumber() && most.canConvertToLong() ? most.longValue() : Long.MAX_VALUE;
  }
}
