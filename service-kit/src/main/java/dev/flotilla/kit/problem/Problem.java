package dev.flotilla.kit.problem;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a request, as RFC 9457 tells it.
 *
 * @param status HTTP status
 * @param title the kind of problem in a few words
 * @param code one word for programs
 * @param detail what was found and what to write instead; safe to show
 * @param param the parameter that is wrong; null when it is none
 * @param members what else programs may want to know
 */
public record Problem(
    int status,
    String title,
    String code,
    String detail,
    @Nullable String param,
    ObjectNode members) {
  /** 400. */
  public static Problem invalid(String code, String detail, @Nullable String param) {
    return new Problem(400, "Bad Request", code, detail, param, Json.object());
  }

  /** 401. */
  public static Problem unidentified(String code, String detail) {
    return new Problem(401, "Unauthorized", code, detail, null, Json.object());
  }

  /** 403. */
  public static Problem forbidden(String code, String detail, @Nullable String param) {
    return new Problem(403, "Forbidden", code, detail, param, Json.object());
  }

  /** 404. */
  public static Problem notFound(String code, String detail) {
    return new Problem(404, "Not Found", code, detail, null, Json.object());
  }

  /** 409. */
  public static Problem conflict(String code, String detail, ObjectNode members) {
    return new Problem(409, "Conflict", code, detail, null, members);
  }

  /** 413. */
  public static Problem tooLarge(String code, String detail, @Nullable String param) {
    return new Problem(413, "Content Too Large", code, detail, param, Json.object());
  }

  /** 422. */
  public static Problem unprocessable(String code, String detail, ObjectNode members) {
    return new Problem(422, "Unprocessable Content", code, detail, null, members);
  }

  /** 503. */
  public static Problem away(String code, String detail) {
    return new Problem(503, "Service Unavailable", code, detail, null, Json.object());
  }
}
