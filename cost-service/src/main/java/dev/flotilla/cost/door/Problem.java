package dev.flotilla.cost.door;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a request, as RFC 9457 tells it.
 *
 * @param status HTTP status
 * @param title the kind of problem in a few words
 * @param code one word for programs
 * @param detail what was found and what to write instead; safe to show
 * @param param the parameter that is wrong; null when it is none
 */
public record Problem(
    int status, String title, String code, String detail, @Nullable String param) {
  /** 400. */
  public static Problem invalid(String code, String detail, @Nullable String param) {
    return new Problem(400, "Bad Request", code, detail, param);
  }

  /** 401. */
  public static Problem unidentified(String code, String detail) {
    return new Problem(401, "Unauthorized", code, detail, null);
  }

  /** 403. */
  public static Problem forbidden(String code, String detail, @Nullable String param) {
    return new Problem(403, "Forbidden", code, detail, param);
  }

  /** 404. */
  public static Problem missing(String code, String detail) {
    return new Problem(404, "Not Found", code, detail, null);
  }

  /** 413. */
  public static Problem tooLarge(String code, String detail) {
    return new Problem(413, "Content Too Large", code, detail, null);
  }

  /** 503. */
  public static Problem away(String code, String detail) {
    return new Problem(503, "Service Unavailable", code, detail, null);
  }
}
