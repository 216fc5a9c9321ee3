package dev.flotilla.provider.pricing;

import dev.flotilla.catalog.Price;
import dev.flotilla.catalog.Usage;
import dev.flotilla.contracts.ledger.AttemptUsage;
import org.jspecify.annotations.Nullable;

/** What reported buckets cost. */
public final class Cost {
  private Cost() {}

  /** Exact, in nano-dollars; a bucket that was not reported costs nothing. */
  public static long nanos(Price price, AttemptUsage usage) {
    return price.nanos(
        new Usage(
            or0(usage.input()),
            or0(usage.cacheRead()),
            or0(usage.cacheWrite5m()),
            or0(usage.cacheWrite1h()),
            or0(usage.output()),
            or0(usage.reasoning())));
  }

  private static long or0(@Nullable Long count) {
    return count == null ? 0 : count;
  }
}
