package dev.flotilla.provider.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.RetryAfter;
import java.net.http.HttpHeaders;

/** Turns an HTTP error of a provider into the failure it means; the only place that does. */
final class RefusalReader {
  private static final int LONGEST_MESSAGE = 500;

  private RefusalReader() {}

  static Failure read(int status, HttpHeaders headers, byte[] body) {
    JsonNode error = error(headers, body);
    String code = word(error, "code", word(error, "type", "rejected"));
    return switch (status) {
      case 401, 402, 403 -> new Failure.Barred(status);
      // An address or a model the provider does not have is our configuration, not the caller's.
      case 404 -> new Failure.Barred(status);
      // A spent quota comes as 429, but no waiting helps.
      case 429 ->
          code.equals("insufficient_quota")
              ? new Failure.Barred(status)
              : new Failure.Throttled(status, RetryAfter.of(headers));
      // Refused before working: too busy, too early, in conflict with itself.
      case 408, 409, 425, 503, 529 -> new Failure.Overloaded(status, RetryAfter.of(headers));
      default -> {
        if (status >= 400 && status < 500) {
          yield new Failure.Rejected(
              status,
              code,
              word(error, "message", "The provider refused the request without saying why."));
        }
        // A redirect is never followed: it could lead anywhere, with our key.
        yield status >= 300 && status < 400
            ? new Failure.Barred(status)
            : new Failure.ServerError(status);
      }
    };
  }

  private static JsonNode error(HttpHeaders headers, byte[] body) {
    // A gateway in front of the provider may answer in HTML; that is neither read nor shown.
    boolean json = headers.firstValue("content-type").map(t -> t.contains("json")).orElse(false);
    try {
      return json ? Json.parseObject(body).path("error") : Json.object();
    } catch (NotJson e) {
      return Json.object();
    }
  }

  private static String word(JsonNode error, String field, String otherwise) {
    String text = error.path(field).textValue();
    if (text == null || text.isBlank()) {
      return otherwise;
    }
    return text.length() > LONGEST_MESSAGE ? text.substring(0, LONGEST_MESSAGE) + "…" : text;
  }
}
