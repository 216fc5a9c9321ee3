package dev.flotilla.provider.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.RetryAfter;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns an HTTP error of Gemini's into the failure it means; the only place that does. Its texts
 * can quote the request, so none is shown: callers get the names of the fields it points at.
 */
final class RefusalReader {
  private static final String TOO_LONG = "context_length_exceeded";

  /** Fewer than in prose (4) and as many as in most code: what is longer is near the window. */
  private static final long BYTES_PER_TOKEN = 3;

  private static final Pattern FIELD = Pattern.compile("[A-Za-z0-9_.\\[\\]]{1,100}");
  private static final Pattern TOKENS = Pattern.compile("token count.*exceeds");
  private static final Pattern PAYLOAD = Pattern.compile("payload size exceeds");
  private static final Pattern SPENT = Pattern.compile("spending (cap|limit)|credits are depleted");

  private RefusalReader() {}

  /**
   * @param request as it was sent
   */
  static Failure read(
      Model model, ObjectNode request, int status, HttpHeaders headers, byte[] body) {
    return read(model, request, status, error(headers, body), RetryAfter.of(headers));
  }

  /** An error that came as the first event of a stream, after a status of success. */
  static Failure read(Model model, ObjectNode request, JsonNode error) {
    return read(model, request, error.path("code").asInt(500), error, null);
  }

  private static Failure read(
      Model model, ObjectNode request, int status, JsonNode error, @Nullable Duration retryAfter) {
    return switch (status) {
      case 400, 413, 416, 422 -> refused(status, error);
      case 401, 402, 403, 404 -> new Failure.Barred(status);
      case 429 ->
          isSpent(error)
              ? new Failure.Barred(status)
              : new Failure.Throttled(status, wait(error, retryAfter));
      case 408, 409, 425, 503, 529 -> new Failure.Overloaded(status, wait(error, retryAfter));
      // Gemini fails so when a prompt is too long, which is nobody's outage and is not charged.
      case 500 ->
          isNearTheWindow(model, request)
              ? new Failure.Rejected(
                  400,
                  TOO_LONG,
                  "Gemini failed, as it does when the input is longer than the model's window;"
                      + " shorten the messages or name a model with a larger one.")
              : new Failure.ServerError(status);
      // 499 is its word for a call it gave up; how far it got nobody knows.
      case 499 -> new Failure.ServerError(status);
      default -> {
        if (status >= 400 && status < 500) {
          yield refused(status, error);
        }
        // A redirect is never followed: it could lead anywhere, with our key.
        yield status >= 300 && status < 400
            ? new Failure.Barred(status)
            : new Failure.ServerError(status);
      }
    };
  }

  private static Failure refused(int status, JsonNode error) {
    String message = error.path("message").asText("").toLowerCase(Locale.ROOT);
    if (error.path("status").asText().equals("FAILED_PRECONDITION") || isTheKey(error)) {
      // The account's region or billing, or its key: it is ours to mend.
      return new Failure.Barred(status);
    }
    if (TOKENS.matcher(message).find()) {
      return new Failure.Rejected(
          status,
          TOO_LONG,
          "The input is longer than the model's window; shorten the messages or name a model with"
              + " a larger one.");
    }
    if (status == 413 || PAYLOAD.matcher(message).find()) {
      return new Failure.Rejected(
          status, "request_too_large", "The request is larger than Gemini takes; send less data.");
    }
    List<String> fields = fields(error);
    return new Failure.Rejected(
        status,
        // The word of the other dialects: a caller is not to know who it was.
        "invalid_request_error",
        fields.isEmpty()
            ? "Gemini refused the request as invalid, without naming a field."
            : "Gemini refused the request as invalid at " + String.join(", ", fields) + ".");
  }

  private static boolean isTheKey(JsonNode error) {
    for (JsonNode detail : error.path("details")) {
      if (detail.path("reason").asText().startsWith("API_KEY_")) {
        return true;
      }
    }
    return false;
  }

  /** A day's quota or a spent budget comes as 429, but no waiting helps. */
  private static boolean isSpent(JsonNode error) {
    for (JsonNode detail : error.path("details")) {
      for (JsonNode violation : detail.path("violations")) {
        if (violation.path("quotaId").asText().contains("PerDay")) {
          return true;
        }
      }
    }
    return SPENT.matcher(error.path("message").asText("").toLowerCase(Locale.ROOT)).find();
  }

  private static @Nullable Duration wait(JsonNode error, @Nullable Duration otherwise) {
    for (JsonNode detail : error.path("details")) {
      String delay = detail.path("retryDelay").asText("");
      if (delay.endsWith("s")) {
        return RetryAfter.seconds(delay.substring(0, delay.length() - 1));
      }
    }
    return otherwise;
  }

  private static List<String> fields(JsonNode error) {
    var fields = new ArrayList<String>();
    for (JsonNode detail : error.path("details")) {
      for (JsonNode violation : detail.path("fieldViolations")) {
        String field = violation.path("field").asText("");
        if (FIELD.matcher(field).matches()) {
          fields.add(field);
        }
      }
    }
    return fields;
  }

  private static JsonNode error(HttpHeaders headers, byte[] body) {
    // A gateway in front of Gemini may answer in HTML; that is neither read nor shown.
    boolean json = headers.firstValue("content-type").map(t -> t.contains("json")).orElse(false);
    try {
      JsonNode told = json ? Json.parse(new String(body, StandardCharsets.UTF_8)) : Json.object();
      // When a stream was asked for, it comes in a list of one.
      return (told.isArray() ? told.path(0) : told).path("error");
    } catch (NotJson e) {
      return Json.object();
    }
  }

  private static boolean isNearTheWindow(Model model, JsonNode request) {
    return textBytes(request) / BYTES_PER_TOKEN >= model.contextTokens();
  }

  /** Without pictures, sound and files, whose bytes say nothing of their tokens. */
  private static long textBytes(JsonNode node) {
    if (node.isTextual()) {
      return node.textValue().getBytes(StandardCharsets.UTF_8).length;
    }
    long bytes = 0;
    if (!node.has("inlineData")) {
      for (JsonNode child : node) {
        bytes += textBytes(child);
      }
    }
    return bytes;
  }
}
