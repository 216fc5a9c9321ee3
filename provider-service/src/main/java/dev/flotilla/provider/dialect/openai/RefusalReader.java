package dev.flotilla.provider.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.RetryAfter;
import java.net.http.HttpHeaders;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Turns an HTTP error of a provider into the failure it means; the only place that does. */
final class RefusalReader {
  private static final int LONGEST_MESSAGE = 500;

  /** OpenAI's words for an account that is not paid for, whatever the status. */
  private static final Set<String> OUR_MONEY =
      Set.of("insufficient_quota", "billing_hard_limit_reached", "billing_not_active");

  /** How providers without a code of their own say that a request is longer than the window. */
  private static final List<String> TOO_LONG =
      List.of(
          "maximum context length", "maximum prompt length", "context window", "tokens must be <=");

  private RefusalReader() {}

  static Failure read(int status, HttpHeaders headers, byte[] body) {
    JsonNode error = error(headers, body);
    String code = word(error, "code", word(error, "type", "rejected"));
    if (OUR_MONEY.contains(code) || OUR_MONEY.contains(word(error, "type", ""))) {
      // A spent quota comes as 429, but no waiting helps.
      return new Failure.Barred(status);
    }
    return switch (status) {
      case 401, 402, 403 -> new Failure.Barred(status);
      // An address or a model the provider does not have is our configuration, not the caller's.
      case 404 -> new Failure.Barred(status);
      case 429 -> new Failure.Throttled(status, RetryAfter.of(headers));
      // Refused before working: too busy, too early, in conflict with itself.
      case 408, 409, 425, 503, 529 -> new Failure.Overloaded(status, RetryAfter.of(headers));
      default -> {
        if (status >= 400 && status < 500) {
          String message = message(error);
          yield new Failure.Rejected(
              status, isTooLong(message) ? "context_length_exceeded" : code, message);
        }
        // A redirect is never followed: it could lead anywhere, with our key.
        yield status >= 300 && status < 400
            ? new Failure.Barred(status)
            : new Failure.ServerError(status);
      }
    };
  }

  /**
   * An error that came within a stream, after a status of success. Lost when it says nothing that
   * is known: then nobody can tell what was at fault.
   */
  static Failure inStream(JsonNode error) {
    String said =
        (word(error, "type", "") + " " + word(error, "code", "")).toLowerCase(Locale.ROOT);
    int status = error.path("code").asInt(error.path("status").asInt(0));
    if (says(said, "quota", "billing", "balance", "credit")) {
      return new Failure.Barred(402);
    }
    if (says(said, "rate_limit", "too_many_requests") || status == 429) {
      return new Failure.Throttled(429, null);
    }
    if (says(said, "overloaded", "unavailable", "capacity") || status == 503 || status == 529) {
      return new Failure.Overloaded(status == 0 ? 503 : status, null);
    }
    if (says(said, "api_key", "authentication") || status == 401 || status == 403) {
      return new Failure.Barred(status == 0 ? 401 : status);
    }
    if (says(said, "content_filter", "content_policy")) {
      return new Failure.Rejected(
          400, "content_filter", "The provider's filter stopped the answer.");
    }
    if (says(said, "context_length")) {
      return new Failure.Rejected(
          400, "context_length_exceeded", "The request is longer than the model's window.");
    }
    if (says(said, "invalid_request", "badrequest") || status == 400 || status == 422) {
      return new Failure.Rejected(400, "rejected", "The provider finds the request wrong.");
    }
    if (says(said, "timeout") || status == 504) {
      return new Failure.ServerError(504);
    }
    return says(said, "server_error", "internal", "api_error") || status >= 500
        ? new Failure.ServerError(status >= 500 ? status : 500)
        : new Failure.Lost();
  }

  private static boolean says(String text, String... any) {
    return Arrays.stream(any).anyMatch(text::contains);
  }

  private static JsonNode error(HttpHeaders headers, byte[] body) {
    // A gateway in front of the provider may answer in HTML; that is neither read nor shown.
    boolean json = headers.firstValue("content-type").map(t -> t.contains("json")).orElse(false);
    try {
      JsonNode told = json ? Json.parseObject(body) : Json.object();
      // Mistral and servers made with FastAPI have no such member; xAI's is a text beside its code.
      return told.path("error").isObject() ? told.path("error") : told;
    } catch (NotJson e) {
      return Json.object();
    }
  }

  private static String message(JsonNode error) {
    // A list of what is wrong, which quotes the request: only the places are told.
    JsonNode detail =
        error.path("detail").isArray()
            ? error.path("detail")
            : error.path("message").path("detail");
    if (detail.isArray()) {
      var places = new TreeSet<String>();
      for (JsonNode one : detail) {
        var place = new StringBuilder();
        one.path("loc")
            .forEach(step -> place.append(place.isEmpty() ? "" : ".").append(step.asText()));
        places.add(place.toString());
      }
      String named = String.join(", ", places);
      return "The provider finds these parts of its request wrong: "
          + (named.length() > LONGEST_MESSAGE ? named.substring(0, LONGEST_MESSAGE) + "…" : named)
          + ".";
    }
    return word(
        error,
        "message",
        word(error, "error", "The provider refused the request without saying why."));
  }

  private static boolean isTooLong(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    return TOO_LONG.stream().anyMatch(lower::contains);
  }

  private static String word(JsonNode error, String field, String otherwise) {
    String text = error.path(field).textValue();
    if (text == null || text.isBlank()) {
      return otherwise;
    }
    return text.length() > LONGEST_MESSAGE ? text.substring(0, LONGEST_MESSAGE) + "…" : text;
  }
}
