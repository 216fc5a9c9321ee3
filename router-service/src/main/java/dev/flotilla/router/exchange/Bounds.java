package dev.flotilla.router.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What OpenAI's reference admits as values of the parameters that cost money or time. What is
 * beyond it is refused here, before anybody is asked: providers differ in what they make of it.
 */
final class Bounds {
  private static final List<Bound> ALL =
      List.of(
          new Bound("n", true, "1", "128"),
          new Bound("max_tokens", true, "1", "100000000"),
          new Bound("max_completion_tokens", true, "1", "100000000"),
          new Bound("top_logprobs", true, "0", "20"),
          new Bound("temperature", false, "0", "2"),
          new Bound("top_p", false, "0", "1"),
          new Bound("frequency_penalty", false, "-2", "2"),
          new Bound("presence_penalty", false, "-2", "2"));

  private Bounds() {}

  private record Bound(String name, boolean whole, BigDecimal least, BigDecimal most) {
    Bound(String name, boolean whole, String least, String most) {
      this(name, whole, new BigDecimal(least), new BigDecimal(most));
    }

    boolean admits(JsonNode value) {
      if (value.isMissingNode() || value.isNull()) {
        return true;
      }
      return (whole ? value.isIntegralNumber() : value.isNumber())
          && value.decimalValue().compareTo(least) >= 0
          && value.decimalValue().compareTo(most) <= 0;
    }
  }

  /** The first value out of its bounds; null when there is none. */
  static @Nullable ApiError of(ObjectNode body) {
    for (Bound bound : ALL) {
      if (!bound.admits(body.path(bound.name()))) {
        return ApiError.invalid(
            "invalid_type",
            "'%s' must be a %s from %s to %s."
                .formatted(
                    bound.name(),
                    bound.whole() ? "whole number" : "number",
                    bound.least().toPlainString(),
                    bound.most().toPlainString()),
            bound.name());
      }
    }
    return null;
  }
}
