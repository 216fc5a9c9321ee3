package dev.flotilla.provider.dialect;

import dev.flotilla.contracts.ledger.AttemptUsage;
import org.jspecify.annotations.Nullable;

/** Sums of buckets, to be held against what a provider counted. */
public final class BucketSums {
  private BucketSums() {}

  /** All that went in, text or sound, cached or not. */
  public static long input(AttemptUsage usage) {
    return or0(usage.input())
        + or0(usage.cacheRead())
        + or0(usage.cacheWrite5m())
        + or0(usage.cacheWrite1h())
        + or0(usage.audioIn());
  }

  /** All that came out, seen, heard or hidden. */
  public static long output(AttemptUsage usage) {
    return or0(usage.output()) + or0(usage.reasoning()) + or0(usage.audioOut());
  }

  private static long or0(@Nullable Long count) {
    return count == null ? 0 : count;
  }
}
