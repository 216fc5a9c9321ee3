package dev.flotilla.review.reviewer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import org.jspecify.annotations.Nullable;

/**
 * What a reviewer cost.
 *
 * @param nanos nano-dollars, as far as they are known
 * @param complete whether that is all; if not, the ledger knows the rest
 */
public record Spending(long nanos, boolean complete) {
  public static final Spending NONE = new Spending(0, true);
  static final Spending UNKNOWN = new Spending(0, false);

  /** The sum of the attempts that provider-service reports beside an answer; null is no report. */
  static Spending reported(@Nullable String attemptsHeader) {
    if (attemptsHeader == null) {
      return UNKNOWN;
    }
    try {
      Spending sum = NONE;
      for (JsonNode attempt : Json.parse(attemptsHeader)) {
        JsonNode cost = attempt.path("cost_nanos");
        sum = sum.plus(cost.isIntegralNumber() ? new Spending(cost.longValue(), true) : UNKNOWN);
      }
      return sum;
    } catch (NotJson e) {
      return UNKNOWN;
    }
  }

  public Spending plus(Spending other) {
    return new Spending(nanos + other.nanos, complete && other.complete);
  }
}
