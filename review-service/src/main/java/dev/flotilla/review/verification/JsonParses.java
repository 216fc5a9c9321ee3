package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;

/** It is one JSON value, without anything around it. */
record JsonParses() implements Verifier {
  @Override
  public String name() {
    return "json-parses";
  }

  @Override
  public Verified verify(Artifact artifact, Deadline deadline) {
    if (artifact.content().isBlank()) {
      return failed("there is nothing but space");
    }
    try {
      Json.parse(artifact.content());
      return passed("it is JSON");
    } catch (NotJson e) {
      return failed(e.getMessage());
    }
  }
}
