package dev.flotilla.provider.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.RetryAfter;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns an error of Anthropic into the failure it means. Its words are compared and never shown:
 * they can quote the request.
 */
final class ErrorReader {
  private static final List<String> TOO_LONG =
      List.of("prompt is too long", "exceed context limit", "exceeds the context window");
  private static final List<String> OUR_MONEY =
      List.of("credit balance is too low", "usage limits", "organization has been disabled");
  private static final List<String> FILTERED = List.of("content filtering policy");

  /** An error of validation begins with the field's path. */
  private static final Pattern PLACE =
      Pattern.compile("^([a-z_]{1,40}(?:\\.[a-z0-9_]{1,40}){0,8}):");

  private ErrorReader() {}

  static Failure read(int status, HttpHeaders headers, byte[] body) {
    JsonNode error = error(headers, body);
    return switch (status) {
      // Keys, money, and models or addresses that Anthropic does not have are ours to mend.
      case 401, 402, 403, 404 -> new Failure.Barred(status);
      case 400, 422 -> rejected(status, error);
      // A gateway says it, perhaps in HTML.
      case 413 ->
          new Failure.Rejected(
              status, "request_too_large", "The provider takes no request as large as this one.");
      case 429 ->
          // The account's own limit looks like any other, but no waiting helps.
          error.at("/details/error_code").asText().equals("enforced_spend_limit_reached")
              ? new Failure.Barred(status)
              : new Failure.Throttled(status, RetryAfter.of(headers));
      case 408, 409, 425, 503, 529 -> new Failure.Overloaded(status, RetryAfter.of(headers));
      default -> {
        if (status >= 400 && status < 500) {
          yield rejected(status, error);
        }
        // A redirect is never followed: it could lead anywhere, with our key.
        yield status >= 300 && status < 400
            ? new Failure.Barred(status)
            : new Failure.ServerError(status);
      }
    };
  }

  /** An error that came as the first event, after the 200. */
  static Failure inStream(JsonNode error) {
    return switch (error.path("type").asText()) {
      case "overloaded_error" -> new Failure.Overloaded(529, null);
      case "rate_limit_error" -> new Failure.Throttled(429, null);
      case "authentication_error" -> new Failure.Barred(401);
      case "billing_error" -> new Failure.Barred(402);
      case "permission_error" -> new Failure.Barred(403);
      case "not_found_error" -> new Failure.Barred(404);
      case "invalid_request_error" -> rejected(400, error);
      case "timeout_error" -> new Failure.ServerError(504);
      default -> new Failure.ServerError(500);
    };
  }

  private static Failure rejected(int status, JsonNode error) {
    String words = error.path("message").asText().toLowerCase(Locale.ROOT);
    if (says(words, TOO_LONG)) {
      return new Failure.Rejected(
          status,
          "context_length_exceeded",
          "The request and its max_tokens are longer than the model's window.");
    }
    if (says(words, OUR_MONEY)) {
      return new Failure.Barred(status);
    }
    if (says(words, FILTERED)) {
      return new Failure.Rejected(
          status, "content_filter", "The provider's filter stopped the answer.");
    }
    Matcher place = PLACE.matcher(words);
    return new Failure.Rejected(
        status,
        "invalid_request_error",
        place.find()
            ? "The provider finds '" + place.group(1) + "' of its request wrong."
            : "The provider finds the request wrong.");
  }

  private static boolean says(String words, List<String> any) {
    return any.stream().anyMatch(words::contains);
  }

  private static JsonNode error(HttpHeaders headers, byte[] body) {
    boolean json = headers.firstValue("content-type").map(t -> t.contains("json")).orElse(false);
    try {
      return json ? Json.parseObject(body).path("error") : Json.object();
    } catch (NotJson e) {
      return Json.object();
    }
  }
}
