package dev.flotilla.router.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;

/** Why an item has no answer, as its line of the results says it. */
final class BatchErrors {
  private BatchErrors() {}

  static ObjectNode of(ApiError error) {
    ObjectNode json = error(error.code(), error.message());
    return json.put("param", error.param()).put("type", error.type());
  }

  /** The batch ended before the item was begun. */
  static ObjectNode notBegun(String outcome) {
    return switch (outcome) {
      case "cancelled" ->
          error("batch_cancelled", "The batch was cancelled before this was begun.");
      case "expired" ->
          error(
              "batch_expired",
              "The completion window ended before this was begun; send it again with a longer one.");
      default -> error("batch_stopped", "The batch was stopped before this was begun.");
    };
  }

  /** Another item failed, and that was to stop the batch. */
  static ObjectNode stopped(String customId) {
    return error(
        "batch_stopped",
        "'"
            + customId
            + "' failed and on_error is stop, so this was not begun; write \"on_error\": \"continue\" to go on.");
  }

  static ObjectNode maxCost() {
    return error(
        "max_cost_reached",
        "What is left of max_cost_usd does not pay for one more item, so this was not begun; raise it, or lower max_tokens.");
  }

  /** Whoever worked on it was never heard of again, several times. */
  static ApiError interrupted(int times) {
    return new ApiError(
        500,
        "server_error",
        "interrupted",
        "Whoever worked on this was never heard of again, "
            + times
            + " times; it is not tried once more.",
        null,
        "router");
  }

  static ApiError unexpected() {
    return new ApiError(
        500,
        "server_error",
        "internal_error",
        "The router failed; its log has the reason under this request id.",
        null,
        "router");
  }

  private static ObjectNode error(String code, String message) {
    return Json.object().put("code", code).put("message", message);
  }
}
