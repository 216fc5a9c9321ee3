package dev.flotilla.kit.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * An error as OpenAI's clients understand it.
 *
 * @param status HTTP status
 * @param type e.g. {@code invalid_request_error}
 * @param code e.g. {@code model_not_found}
 * @param message one sentence that says what to do; safe to show
 * @param param the request's field that is wrong; null when it is none
 * @param source {@code router} or {@code provider}: us or them
 */
public record ApiError(
    int status, String type, String code, String message, @Nullable String param, String source) {

  public static final String INVALID_REQUEST = "invalid_request_error";

  /** The caller's mistake, seen by us. */
  public static ApiError invalid(String code, String message, @Nullable String param) {
    return new ApiError(400, INVALID_REQUEST, code, message, param, "router");
  }

  /** The body, with the request's id so that it can be found again. */
  public ObjectNode body(String requestId) {
    ObjectNode error = Json.object();
    error.put("message", message).put("type", type).put("param", param).put("code", code);
    error.put("source", source).put("request_id", requestId);
    return Json.object().set("error", error);
  }
}
