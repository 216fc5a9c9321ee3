package dev.flotilla.router.shadow;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Usage;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.router.exchange.Completion;
import java.time.Instant;
import java.util.List;

/** What calls cost, and would have cost elsewhere. Nano-dollars. */
final class Savings {
  private Savings() {}

  /**
   * What an answer of the same tokens would have cost more from another model, without its cache; 0
   * when tokens were not counted.
   */
  static long beside(Model other, Completion answer, List<AttemptReport> attempts) {
    JsonNode usage = answer.body().path("usage");
    if (!usage.path("prompt_tokens").isIntegralNumber()) {
      return 0;
    }
    long prompt = Math.max(0, usage.path("prompt_tokens").asLong());
    long completion = Math.max(0, usage.path("completion_tokens").asLong());
    return Math.subtractExact(
        other.priceAt(Instant.now()).nanos(new Usage(prompt, 0, 0, 0, completion, 0)),
        AttemptReport.mostNanos(attempts));
  }
}
