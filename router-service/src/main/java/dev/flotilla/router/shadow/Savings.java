package dev.flotilla.router.shadow;

import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.router.exchange.AnsweredTokens;
import dev.flotilla.router.exchange.Completion;
import java.time.Instant;
import java.util.List;

/** What calls cost, and would have cost elsewhere. Nano-dollars. */
final class Savings {
  private Savings() {}

  /**
   * What an answer of the same tokens would have cost more from another model; 0 when tokens were
   * not counted.
   */
  static long beside(Model other, Completion answer, List<AttemptReport> attempts) {
    AnsweredTokens tokens = AnsweredTokens.of(answer);
    return tokens.counted()
        ? Math.subtractExact(
            tokens.nanosFrom(other, Instant.now()), AttemptReport.mostNanos(attempts))
        : 0;
  }
}
