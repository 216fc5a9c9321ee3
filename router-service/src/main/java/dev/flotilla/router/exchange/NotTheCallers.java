package dev.flotilla.router.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parameters that say where a request goes, by whose key, for whom, or what it costs. Here that is
 * said by the catalogue and the caller's key. What else is unknown to us is passed on; these would
 * be obeyed by a provider that is a gateway itself, which would then ask whom the caller likes,
 * with our key and on our bill.
 */
final class NotTheCallers {
  private static final Set<String> NAMES =
      Set.of(
          "base_url",
          "api_base",
          "api_key",
          "api_type",
          "api_version",
          "organization",
          "deployment_id",
          "provider",
          "plugins",
          "custom_llm_provider",
          "model_list",
          "model_info",
          "fallbacks",
          "context_window_fallbacks",
          "content_policy_fallbacks",
          "headers",
          "extra_headers",
          "extra_body",
          "extra_query",
          "client_secret",
          "user_api_key",
          "proxy_server_request",
          "secret_fields",
          "mock_response",
          "mock_tool_calls",
          "input_cost_per_token",
          "output_cost_per_token",
          "input_cost_per_second",
          "output_cost_per_second",
          "cost",
          "max_cost_nanos",
          "team",
          "team_id",
          "tenant",
          "key",
          "key_id",
          "roles",
          "callback_url",
          "webhook_url",
          "simulated");

  /** Settings of clouds and of gateways, of which there are more every month. */
  private static final List<String> BEGINNINGS =
      List.of("aws_", "azure_", "vertex_", "watsonx_", "litellm_", "x-flotilla-");

  private NotTheCallers() {}

  /** The first of them in a request; null when there is none. */
  static @Nullable ApiError in(ObjectNode body) {
    for (var field : body.properties()) {
      String name = field.getKey();
      if (NAMES.contains(name) || BEGINNINGS.stream().anyMatch(name::startsWith)) {
        return ApiError.invalid(
            "unknown_parameter",
            "'"
                + name
                + "' is not a caller's to say: who is asked, with which key and for how much is in the catalogue and in your key; leave it out. Fallbacks are named in 'models' or 'route.fallbacks', tags in 'metadata'.",
            name);
      }
    }
    return null;
  }
}
