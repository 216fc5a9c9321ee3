package dev.flotilla.provider.bucket;

import dev.flotilla.catalog.Rates;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The bucket of {@code take.lua} in this process, with this instance's share of what is granted.
 * Thread-safe.
 */
final class LocalBucket {
  private final @Nullable Level requests;
  private final @Nullable Level tokens;
  private final LongSupplier nanoClock;

  LocalBucket(Rates rates, BucketConfig config, LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.requests = level(rates.requests(), config, nanoClock);
    this.tokens = level(rates.tokens(), config, nanoClock);
  }

  /**
   * @return nanoseconds until it fits; 0 when it did and is counted
   */
  synchronized long take(long wantedTokens) {
    long now = nanoClock.getAsLong();
    long wait =
        Math.max(
            requests == null ? 0 : requests.waitNanos(1, now),
            tokens == null ? 0 : tokens.waitNanos(wantedTokens, now));
    if (wait == 0) {
      add(1, wantedTokens);
    }
    return wait;
  }

  /** Counts what was admitted elsewhere, or corrects what was counted here. */
  synchronized void add(long moreRequests, long moreTokens) {
    long now = nanoClock.getAsLong();
    if (requests != null) {
      requests.take(moreRequests, now);
    }
    if (tokens != null) {
      tokens.take(moreTokens, now);
    }
  }

  synchronized Remaining remaining() {
    long now = nanoClock.getAsLong();
    return new Remaining(
        requests == null ? null : requests.left(now),
        tokens == null ? null : tokens.left(now),
        false);
  }

  private static @Nullable Level level(
      @Nullable Long limit, BucketConfig config, LongSupplier nanoClock) {
    return limit == null
        ? null
        : new Level(
            Math.max(1, (double) limit / config.replicas()),
            config.period().toNanos(),
            nanoClock.getAsLong());
  }

  /** One thread at a time. */
  private static final class Level {
    private final double full;
    private final double perNano;
    private double left;
    private long atNanos;

    Level(double full, long periodNanos, long now) {
      this.full = full;
      this.perNano = full / (double) periodNanos;
      this.left = full;
      this.atNanos = now;
    }

    /** What is larger than a full bucket waits until it is full. */
    long waitNanos(long wanted, long now) {
      refill(now);
      double missing = Math.min((double) wanted, full) - left;
      return missing <= 0 ? 0 : Math.max(1, (long) Math.ceil(missing / perNano));
    }

    void take(long count, long now) {
      refill(now);
      left = Math.clamp(left - (double) count, -full, full);
    }

    long left(long now) {
      refill(now);
      return Math.max(0, (long) left);
    }

    private void refill(long now) {
      left = Math.min(full, left + (double) Math.max(0, now - atNanos) * perNano);
      atNanos = now;
    }
  }
}
