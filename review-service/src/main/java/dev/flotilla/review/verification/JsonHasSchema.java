package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.pipelines.schema.BadSchema;
import dev.flotilla.pipelines.schema.JsonSchema;
import java.util.stream.Collectors;

/** It is JSON as a schema says. */
record JsonHasSchema(JsonSchema schema) implements Verifier {
  static final String NAME = "json-schema";

  static JsonHasSchema asked(Parameters parameters) throws BadVerifier {
    try {
      return new JsonHasSchema(JsonSchema.strict(parameters.tree("schema")));
    } catch (BadSchema e) {
      throw parameters.wrong("schema", e.getMessage() + "; " + e.suggestion());
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Verified verify(Artifact artifact, Deadline deadline) {
    try {
      var violations = schema.violations(Json.parse(artifact.content()));
      return violations.isEmpty()
          ? passed("it is as its schema says")
          : failed(violations.stream().map(Object::toString).collect(Collectors.joining("; ")));
    } catch (NotJson e) {
      return failed(e.getMessage());
    }
  }
}
