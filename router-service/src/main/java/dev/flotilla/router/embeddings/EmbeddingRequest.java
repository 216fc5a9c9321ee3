package dev.flotilla.router.embeddings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Hints;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What must be right about a request for vectors before anybody is asked. Parameters newer than
 * this fleet pass through.
 */
final class EmbeddingRequest {
  /** OpenAI's limit of inputs in one request. */
  private static final int MOST = 2_048;

  /** Hints that are about answers in words. */
  private static final List<String> ABOUT_WORDS =
      List.of("task_type", "quality_threshold", "validate", "best_effort", "on_exhausted");

  private EmbeddingRequest() {}

  /**
   * @param header the first value of a request header
   * @param ofKey what holds for the caller's key where the request says nothing; which models its
   *     conversations fall back to does not
   */
  static ChatRequest.Parsed parse(
      ObjectNode body, Function<String, Optional<String>> header, Hints ofKey) {
    ApiError wrong = wrong(body);
    return wrong == null
        ? ChatRequest.parseForVectors(body, header, withoutModels(ofKey))
        : new ChatRequest.Parsed.Bad(wrong);
  }

  private static @Nullable ApiError wrong(ObjectNode body) {
    ApiError input = wrongInput(body.path("input"));
    if (input != null) {
      return input;
    }
    JsonNode dimensions = body.path("dimensions");
    if (isGiven(dimensions)
        && !(dimensions.isIntegralNumber()
            && dimensions.canConvertToInt()
            && dimensions.intValue() >= 1)) {
      return invalid("dimensions", "must be a whole number of 1 or more");
    }
    JsonNode format = body.path("encoding_format");
    if (isGiven(format) && !format.asText().equals("float") && !format.asText().equals("base64")) {
      return invalid("encoding_format", "must be \"float\" or \"base64\"");
    }
    if (isGiven(body.path("user")) && !body.path("user").isTextual()) {
      return invalid("user", "must be a string");
    }
    if (isGiven(body.path("stream")) && !body.path("stream").equals(body.booleanNode(false))) {
      return unsupported("stream", "vectors come whole; leave it out");
    }
    for (String hint : ABOUT_WORDS) {
      if (isGiven(body.path("route").path(hint))) {
        return unsupported("route." + hint, "it says nothing about vectors; leave it out");
      }
    }
    return null;
  }

  private static @Nullable ApiError wrongInput(JsonNode input) {
    if (input.isTextual()) {
      return input.textValue().isEmpty() ? invalid("input", "must not be empty") : null;
    }
    if (!input.isArray() || input.isEmpty()) {
      return invalid(
          "input",
          "must be a text, a list of texts, a list of token numbers or a list of such lists, with"
              + " at least one element");
    }
    if (input.path(0).isNumber()) {
      return wrongTokens(input, "input");
    }
    if (input.size() > MOST) {
      return invalid(
          "input",
          "has "
              + input.size()
              + " elements; send up to "
              + MOST
              + " at once, and the others in further requests");
    }
    boolean texts = input.path(0).isTextual();
    for (int i = 0; i < input.size(); i++) {
      JsonNode one = input.path(i);
      String place = "input[" + i + "]";
      if (texts && (!one.isTextual() || one.textValue().isEmpty())) {
        return invalid(place, "must be a text that is not empty");
      }
      ApiError tokens = texts ? null : wrongTokens(one, place);
      if (tokens != null) {
        return tokens;
      }
    }
    return null;
  }

  private static @Nullable ApiError wrongTokens(JsonNode tokens, String place) {
    boolean numbers = tokens.isArray() && !tokens.isEmpty();
    for (JsonNode token : tokens) {
      numbers &= token.isIntegralNumber() && token.canConvertToInt() && token.intValue() >= 0;
    }
    return numbers ? null : invalid(place, "must be a list of token numbers, whole and 0 or more");
  }

  private static Hints withoutModels(Hints ofKey) {
    return new Hints(
        null,
        null,
        null,
        ofKey.maxCostNanos(),
        ofKey.cache(),
        ofKey.timeout(),
        null,
        null,
        null,
        ofKey.dryRun(),
        Map.copyOf(ofKey.tags()));
  }

  private static boolean isGiven(JsonNode value) {
    return !value.isMissingNode() && !value.isNull();
  }

  private static ApiError invalid(String place, String what) {
    return ApiError.invalid("invalid_type", "'" + place + "' " + what + ".", place);
  }

  private static ApiError unsupported(String place, String why) {
    return ApiError.invalid(
        "unsupported_parameter", "'" + place + "' is not understood here: " + why + ".", place);
  }
}
