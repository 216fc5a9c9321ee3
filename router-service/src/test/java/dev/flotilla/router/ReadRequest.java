package dev.flotilla.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.routing.RoutingFile;
import dev.flotilla.router.validation.Validation;
import java.nio.file.Path;
import java.util.Set;

/** What must be so of whatever a door has read: it can be planned, or it is refused in words. */
public final class ReadRequest {
  private static final Path CONFIG = Path.of("..", "config");
  private static final Catalog CATALOG =
      Catalog.read(CONFIG.resolve("catalog"), Set.of("sim-north", "sim-south", "deepseek"));
  private static final Validation VALIDATION = new Validation();
  private static final RoutePolicy POLICY =
      new RoutePolicy(
          CATALOG,
          RoutingFile.read(CONFIG.resolve("routing.yaml"), CATALOG, VALIDATION),
          VALIDATION);

  private ReadRequest() {}

  public static void isUsable(ChatRequest.Parsed read) {
    switch (read) {
      case ChatRequest.Parsed.Bad(var error) -> isOpenAis(error);
      case ChatRequest.Parsed.Good(var request) -> {
        switch (POLICY.planFor(request, Requests.ANYBODY)) {
          case RoutePolicy.Planned.Refused(var error) -> isOpenAis(error);
          case RoutePolicy.Planned.Ready(var plan) ->
              assertTrue(request.bodyFor(plan.candidates().getFirst()).has("model"));
        }
        assertTrue(request.tags().size() <= 16);
        assertFalse(request.stream() && request.embeds());
      }
    }
  }

  /** A caller's mistake, in the shape that OpenAI's SDKs read. */
  public static void isOpenAis(ApiError error) {
    assertTrue(error.status() >= 400 && error.status() < 500, error.toString());
    JsonNode told = error.body("req_1").path("error");
    for (String word : Set.of("message", "type", "code")) {
      assertFalse(told.path(word).asText().isBlank(), error.toString());
    }
    assertTrue(told.has("param"));
  }

  /** A caller's mistake, in the shape that Anthropic's SDKs read. */
  public static void isAnthropics(JsonNode body) {
    assertEquals("error", body.path("type").asText());
    assertTrue(body.path("error").path("type").asText().endsWith("_error"), body.toString());
    assertFalse(body.path("error").path("message").asText().isBlank(), body.toString());
  }
}
