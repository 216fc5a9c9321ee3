package dev.flotilla.router.pipeline.interpreter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import java.util.List;

/** Errors of steps as they are written down and shown. */
final class Errors {
  static final String INVALID_OUTPUT = "invalid_output";
  static final String CHECK_FAILED = "check_failed";

  private Errors() {}

  static ObjectNode of(String code, String message) {
    return Json.object().put("code", code).put("message", message);
  }

  static ObjectNode of(ApiError error) {
    return of(error.code(), error.message())
        .put("status", error.status())
        .put("source", error.source());
  }

  /**
   * @param broken what does not hold, at least one
   */
  static ObjectNode broken(String code, List<String> broken) {
    ObjectNode error = of(code, String.join("; ", broken));
    broken.forEach(error.putArray("broken")::add);
    return error;
  }
}
