package dev.flotilla.router.validation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.pipelines.recent.Recent;
import dev.flotilla.pipelines.schema.BadSchema;
import dev.flotilla.pipelines.schema.JsonSchema;

/** Makes validators of JSON Schemas that callers send, and remembers the latest. Thread-safe. */
final class Schemas {
  private static final int REMEMBERED = 256;

  private final Recent<JsonNode, CheckedSchema> known = new Recent<>(REMEMBERED);

  /**
   * A schema that only we shall judge by, so every keyword in it must be one.
   *
   * @throws BadCheck when it is no schema
   */
  CheckedSchema strict(JsonNode schema, String place) throws BadCheck {
    try {
      JsonSchema.mustBeOne(schema);
    } catch (BadSchema e) {
      throw bad(place, e);
    }
    return of(schema, place);
  }

  /**
   * A schema that the model's provider judges by as well.
   *
   * @throws BadCheck when it cannot be used
   */
  CheckedSchema of(JsonNode schema, String place) throws BadCheck {
    CheckedSchema ready = known.get(schema);
    if (ready == null) {
      try {
        ready = new CheckedSchema(JsonSchema.of(schema));
      } catch (BadSchema e) {
        throw bad(place, e);
      }
      known.keep(schema, ready);
    }
    return ready;
  }

  private static BadCheck bad(String place, BadSchema e) {
    return new BadCheck(place, e.getMessage() + "; " + e.suggestion());
  }
}
