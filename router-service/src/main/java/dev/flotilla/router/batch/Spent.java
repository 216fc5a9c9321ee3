package dev.flotilla.router.batch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.call.AttemptReport;
import java.util.List;

/**
 * What an item has used.
 *
 * @param costNanos as far as known
 * @param unknownNanos the most that may come to it, of calls whose cost nobody knows
 */
record Spent(long costNanos, long unknownNanos, long promptTokens, long completionTokens) {
  static final Spent NOTHING = new Spent(0, 0, 0, 0);

  static Spent of(List<AttemptReport> calls, JsonNode usage) {
    long cost = 0;
    long unknown = 0;
    for (AttemptReport call : calls) {
      if (call.costNanos() != null) {
        cost = Math.addExact(cost, call.costNanos());
      } else if (call.ceilingNanos() != null) {
        unknown = Math.addExact(unknown, call.ceilingNanos());
      }
    }
    return new Spent(
        cost,
        unknown,
        usage.path("prompt_tokens").asLong(0),
        usage.path("completion_tokens").asLong(0));
  }
}
