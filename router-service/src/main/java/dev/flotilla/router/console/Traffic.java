package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was asked within some hours, added up from the buckets of {@code GET /v1/costs}. */
final class Traffic {
  private static final int DIGITS = 4;
  private static final BigDecimal MINUTES = BigDecimal.valueOf(60);

  private Traffic() {}

  /** For a template; shares are left out when nothing was asked. */
  static Map<String, Object> of(JsonNode buckets) {
    long requests = 0;
    long hits = 0;
    long fallbacks = 0;
    long lastHour = 0;
    for (JsonNode bucket : buckets) {
      lastHour = 0;
      for (JsonNode result : bucket.path("results")) {
        lastHour += result.path("requests").asLong();
        hits += result.path("cache_hits").asLong();
        fallbacks += result.path("fallbacks").asLong();
      }
      requests += lastHour;
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("requests", requests);
    facts.put("cache_hits", hits);
    facts.put("fallbacks", fallbacks);
    facts.put(
        "per_minute", BigDecimal.valueOf(lastHour).divide(MINUTES, DIGITS, RoundingMode.HALF_UP));
    // A hit asks no provider, so it is none of the ledger's requests.
    long answers = requests + hits;
    if (answers > 0) {
      facts.put("hit_rate", share(hits, answers));
      facts.put("fallback_rate", share(fallbacks, answers));
    }
    return facts;
  }

  private static BigDecimal share(long part, long whole) {
    return BigDecimal.valueOf(part).divide(BigDecimal.valueOf(whole), DIGITS, RoundingMode.HALF_UP);
  }
}
