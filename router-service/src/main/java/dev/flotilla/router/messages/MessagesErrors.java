package dev.flotilla.router.messages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import java.util.Set;

/**
 * Errors in Anthropic's shape. What OpenAI's has beyond a type and a message stays beside them; the
 * statuses are the same.
 */
final class MessagesErrors {
  private static final Set<String> ELSEWHERE = Set.of("type", "message", "request_id");

  private MessagesErrors() {}

  static ObjectNode of(ObjectNode openAi) {
    JsonNode error = openAi.path("error");
    ObjectNode told = Json.object().put("type", type(error));
    told.set("message", error.path("message"));
    error
        .properties()
        .forEach(
            field -> {
              if (!ELSEWHERE.contains(field.getKey())) {
                told.set(field.getKey(), field.getValue());
              }
            });
    ObjectNode body = Json.object().put("type", "error");
    body.set("error", told);
    return body.set("request_id", error.path("request_id"));
  }

  private static String type(JsonNode error) {
    String code = error.path("code").asText("");
    if (code.endsWith("_not_found") || code.equals("unknown_path")) {
      return "not_found_error";
    }
    return switch (code) {
      case "request_too_large" -> "request_too_large";
      case "circuit_open", "overloaded" -> "overloaded_error";
      case "rate_limit_exceeded" -> "rate_limit_error";
      case "stream_timeout" -> "timeout_error";
      default ->
          switch (error.path("type").asText("")) {
            case "authentication_error" -> "authentication_error";
            case "permission_error" -> "permission_error";
            case "insufficient_quota" -> "billing_error";
            case "requests", "tokens" -> "rate_limit_error";
            case "timeout" -> "timeout_error";
            case "upstream_error", "server_error" -> "api_error";
            default -> "invalid_request_error";
          };
    };
  }
}
