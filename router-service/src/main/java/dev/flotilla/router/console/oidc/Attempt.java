package dev.flotilla.router.console.oidc;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.time.Instant;
import java.util.Optional;

/**
 * What a visitor takes along while away at the issuer. It is a secret of the visitor's browser and
 * ours.
 *
 * @param state comes back with the visitor, so that nobody is sent here who did not leave from here
 * @param nonce stands in the token, so that it is one for this attempt
 * @param verifier shows at the issuer that who left is who asks for the token
 * @param place where to go on at afterwards, below the console
 * @param until after this it is none any more
 */
public record Attempt(String state, String nonce, String verifier, String place, Instant until) {
  /** As it is kept. */
  public String text() {
    return Json.text(
        Json.object()
            .put("state", state)
            .put("nonce", nonce)
            .put("verifier", verifier)
            .put("place", place)
            .put("until", until.getEpochSecond()));
  }

  /** What was kept; empty when it is none. */
  public static Optional<Attempt> of(String text) {
    try {
      JsonNode json = Json.parse(text);
      return Optional.of(
          new Attempt(
              json.path("state").asText(),
              json.path("nonce").asText(),
              json.path("verifier").asText(),
              json.path("place").asText(),
              Instant.ofEpochSecond(json.path("until").asLong())));
    } catch (NotJson e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "Attempt[until=" + until + "]";
  }
}
