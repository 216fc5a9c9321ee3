package dev.flotilla.provider.pricing;

import dev.flotilla.catalog.Charge;
import dev.flotilla.catalog.Price;
import dev.flotilla.catalog.Usage;
import dev.flotilla.contracts.ledger.AttemptUsage;
import org.jspecify.annotations.Nullable;

/** What reported buckets cost. */
public final class Cost {
  private Cost() {}

  /** Of one attempt; a bucket that was not reported costs nothing. */
  public static Charge of(Price price, AttemptUsage usage) {
    return price.charge(
        new Usage(
            or0(usage.input()),
            or0(usage.cacheRead()),
            or0(usage.cacheWrite5m()),
            or0(usage.cacheWrite1h()),
            or0(usage.output()),
            or0(usage.reasoning()),
            or0(usage.audioIn()),
            or0(usage.audioOut()),
            or0(usage.images()),
            1));
  }

  /** The same in nano-dollars, without what has no price. */
  public static long surely(Price price, AttemptUsage usage) {
    return switch (of(price, usage)) {
      case Charge.Exact(long nanos) -> nanos;
      case Charge.Unpriced(long atLeastNanos, _) -> atLeastNanos;
    };
  }

  private static long or0(@Nullable Long count) {
    return count == null ? 0 : count;
  }
}
