package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the buckets of {@code GET /v1/costs} come to: one sum per group, dearest first, and one of
 * them all.
 */
record Sums(List<Sum> groups, Sum all) {
  /**
   * @param local in the second currency; null when none was asked for
   * @param currency the second one; empty for none
   */
  record Sum(
      String name,
      BigDecimal usd,
      @Nullable BigDecimal local,
      String currency,
      long attempts,
      long promptTokens,
      long cachedTokens,
      long completionTokens) {

    static Sum none(String name) {
      return new Sum(name, BigDecimal.ZERO, null, "", 0, 0, 0, 0);
    }

    Sum plus(JsonNode result) {
      JsonNode more = result.path("amount_local");
      BigDecimal second =
          more.isObject()
              ? more.path("value").decimalValue().add(local == null ? BigDecimal.ZERO : local)
              : local;
      return new Sum(
          name,
          usd.add(result.path("amount").path("value").decimalValue()),
          second,
          more.path("currency").asText(currency),
          attempts + result.path("attempts").asLong(),
          promptTokens + result.path("prompt_tokens").asLong(),
          cachedTokens + result.path("cached_tokens").asLong(),
          completionTokens + result.path("completion_tokens").asLong());
    }
  }

  static Sums of(JsonNode buckets) {
    Map<String, Sum> groups = new LinkedHashMap<>();
    Sum all = Sum.none("all");
    for (JsonNode bucket : buckets) {
      for (JsonNode result : bucket.path("results")) {
        String name = Bars.name(result);
        groups.put(name, groups.getOrDefault(name, Sum.none(name)).plus(result));
        all = all.plus(result);
      }
    }
    return new Sums(
        groups.values().stream().sorted(Comparator.comparing(Sum::usd).reversed()).toList(), all);
  }
}
