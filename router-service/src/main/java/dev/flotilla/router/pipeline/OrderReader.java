package dev.flotilla.router.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Money;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code POST /v1/pipelines/{name}/runs} strictly. */
final class OrderReader {
  private static final Set<String> FIELDS =
      new TreeSet<>(Set.of("input", "metadata", "route", "webhook"));
  private static final Set<String> ROUTE = new TreeSet<>(Set.of("max_cost_usd", "timeout_ms"));
  private static final int MOST_METADATA = 16;

  private OrderReader() {}

  /**
   * What a caller wants of a run.
   *
   * @param maxCostNanos null when nothing is said
   * @param timeout null when nothing is said
   */
  record Wanted(
      JsonNode input,
      ObjectNode metadata,
      @Nullable Long maxCostNanos,
      @Nullable Duration timeout,
      @Nullable String webhook) {}

  /** How reading went. */
  sealed interface Reading {
    record Good(Wanted wanted) implements Reading {}

    record Bad(Refusal why) implements Reading {}
  }

  static Reading read(byte[] bytes) {
    try {
      return read(bytes.length == 0 ? Json.object() : Json.parseObject(bytes));
    } catch (NotJson e) {
      return bad("invalid_json", "The request body cannot be read: " + e.getMessage() + ".", "");
    }
  }

  static Reading read(ObjectNode body) {
    for (var field : body.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        return bad(
            "unknown_parameter",
            "'" + field.getKey() + "' is not understood here; there are " + FIELDS + ".",
            "/" + field.getKey());
      }
    }
    JsonNode metadata = body.path("metadata");
    if (!metadata.isMissingNode() && !isTags(metadata)) {
      return bad(
          "invalid_metadata",
          "'metadata' must be an object of at most "
              + MOST_METADATA
              + " strings, names up to 64 and values up to 512 characters.",
          "/metadata");
    }
    JsonNode route = body.path("route");
    if (!route.isMissingNode() && !route.isObject()) {
      return bad(
          "invalid_type", "'route' must be an object, e.g. {\"max_cost_usd\": 0.5}.", "/route");
    }
    for (var field : route.properties()) {
      if (!ROUTE.contains(field.getKey())) {
        return bad(
            "unknown_parameter",
            "'route' of a run has no field '"
                + field.getKey()
                + "'; there are "
                + ROUTE
                + ", the rest is the pipeline's.",
            "/route/" + field.getKey());
      }
    }
    JsonNode most = route.path("max_cost_usd");
    if (!most.isMissingNode() && !(most.isNumber() && most.decimalValue().signum() > 0)) {
      return bad(
          "invalid_type", "'route.max_cost_usd' must be a number above 0.", "/route/max_cost_usd");
    }
    JsonNode timeout = route.path("timeout_ms");
    if (!timeout.isMissingNode() && !(timeout.isIntegralNumber() && timeout.longValue() > 0)) {
      return bad(
          "invalid_type",
          "'route.timeout_ms' must be a whole number of milliseconds above 0.",
          "/route/timeout_ms");
    }
    JsonNode webhook = body.path("webhook");
    if (!webhook.isMissingNode() && !webhook.isTextual()) {
      return bad(
          "invalid_type",
          "'webhook' must be the name of a target; GET /v1/webhooks lists those of your team.",
          "/webhook");
    }
    JsonNode input = body.path("input");
    try {
      return new Reading.Good(
          new Wanted(
              input.isMissingNode() ? Json.object() : input,
              metadata instanceof ObjectNode tags ? tags : Json.object(),
              most.isMissingNode() ? null : Money.nanosWithin(most.decimalValue()),
              timeout.isMissingNode() ? null : Duration.ofMillis(timeout.longValue()),
              webhook.textValue()));
    } catch (ArithmeticException e) {
      return bad(
          "invalid_type",
          "'route.max_cost_usd' is more money than there is.",
          "/route/max_cost_usd");
    }
  }

  private static boolean isTags(JsonNode node) {
    if (!node.isObject() || node.size() > MOST_METADATA) {
      return false;
    }
    for (var entry : node.properties()) {
      if (entry.getKey().length() > 64
          || !entry.getValue().isTextual()
          || entry.getValue().textValue().length() > 512
          || entry.getValue().textValue().indexOf(0) >= 0
          || entry.getKey().indexOf(0) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static Reading bad(String code, String message, String pointer) {
    return new Reading.Bad(Refusal.invalid(code, message, pointer));
  }
}
