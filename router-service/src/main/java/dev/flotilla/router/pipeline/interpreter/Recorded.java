package dev.flotilla.router.pipeline.interpreter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.pipelines.value.Plain;
import org.jspecify.annotations.Nullable;

/** What this router wrote down, read again. */
final class Recorded {
  private Recorded() {}

  static JsonNode object(String json) {
    try {
      return Json.parse(json);
    } catch (NotJson e) {
      throw new IllegalStateException("JSON that this router did not write", e);
    }
  }

  static @Nullable Object value(@Nullable String json) {
    return json == null ? null : Plain.of(object(json));
  }
}
