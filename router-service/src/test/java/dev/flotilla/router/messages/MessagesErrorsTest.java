package dev.flotilla.router.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesErrorsTest {
  @ParameterizedTest
  @CsvSource({
    "invalid_request_error, invalid_type,              invalid_request_error",
    "invalid_request_error, rejected_by_provider,      invalid_request_error",
    "authentication_error,  invalid_api_key,           authentication_error",
    "permission_error,      model_not_allowed,         permission_error",
    "invalid_request_error, model_not_found,           not_found_error",
    "invalid_request_error, unknown_path,              not_found_error",
    "invalid_request_error, method_not_allowed,        invalid_request_error",
    "invalid_request_error, request_too_large,         request_too_large",
    "requests,              rate_limit_exceeded,       rate_limit_error",
    "tokens,                rate_limit_exceeded,       rate_limit_error",
    "insufficient_quota,    max_cost_exceeded,         billing_error",
    "upstream_error,        all_providers_failed,      api_error",
    "upstream_error,        output_invalid,            api_error",
    "upstream_error,        circuit_open,              overloaded_error",
    "upstream_error,        stream_timeout,            timeout_error",
    "timeout,               deadline_exceeded,         timeout_error",
    "server_error,          internal_error,            api_error",
  })
  void each_error_has_one_of_the_types_that_clients_know(String type, String code, String told) {
    ObjectNode body =
        MessagesErrors.of(
            new ApiError(400, type, code, "What to do.", "model", "router").body("req_1"));
    assertEquals(
        "{\"type\":\"error\",\"error\":{\"type\":\""
            + told
            + "\",\"message\":\"What to do.\",\"param\":\"model\",\"code\":\""
            + code
            + "\",\"source\":\"router\"},\"request_id\":\"req_1\"}",
        Json.text(body));
  }
}
