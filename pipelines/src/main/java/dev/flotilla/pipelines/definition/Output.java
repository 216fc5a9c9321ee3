package dev.flotilla.pipelines.definition;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.pipelines.schema.JsonSchema;

/** What an action puts out. */
public sealed interface Output {
  /** A text, as it came. */
  record Text() implements Output {}

  /** Any JSON value. */
  record Json() implements Output {}

  /**
   * A JSON value that satisfies a JSON Schema.
   *
   * @param check judges by {@code schema}
   */
  record Schema(JsonNode schema, JsonSchema check) implements Output {}
}
