package dev.flotilla.review.verification;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.flotilla.kit.json.Json;
import java.util.List;

/** Results as they stand in a review and between services. */
public final class VerificationJson {
  private VerificationJson() {}

  /** In their order. */
  public static ArrayNode of(List<Verified> verified) {
    ArrayNode array = Json.object().putArray("verification");
    verified.forEach(
        each ->
            array
                .addObject()
                .put("name", each.name())
                .put("passed", each.passed())
                .put("detail", each.detail()));
    return array;
  }

  static Verified read(String name, JsonNode written) {
    return new Verified(
        name,
        written.path("passed").asBoolean(false),
        written.path("detail").asText("not verified: the verifier answered nothing"));
  }
}
