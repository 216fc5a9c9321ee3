package dev.flotilla.provider.resilience;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How busy and how fast a lane is. The average of its times to the first byte forgets within some
 * ten seconds, but a slow answer counts at once: a peak is noticed before it is an average.
 * Thread-safe.
 */
final class Load {
  private static final double MEMORY_NANOS = Duration.ofSeconds(10).toNanos();

  private final LongSupplier nanoClock;
  private int inFlight;
  private double averageNanos;
  private long lastNanos;

  /**
   * @param nanoClock as {@link System#nanoTime}
   */
  Load(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.lastNanos = nanoClock.getAsLong();
  }

  synchronized void began() {
    inFlight++;
  }

  synchronized void ended() {
    inFlight--;
  }

  /** The first byte came after so long. */
  synchronized void answered(long tookNanos) {
    long now = nanoClock.getAsLong();
    double old = Math.exp(-Math.max(0, now - lastNanos) / MEMORY_NANOS);
    averageNanos =
        tookNanos > averageNanos ? tookNanos : averageNanos * old + tookNanos * (1 - old);
    lastNanos = now;
  }

  /** No answer came: as if it had been twice as slow, so that failing fast is not being fast. */
  synchronized void failed(long tookNanos) {
    answered(Math.max(tookNanos, (long) Math.min(averageNanos * 2, MEMORY_NANOS)));
  }

  synchronized int inFlight() {
    return inFlight;
  }

  /** What one more call would have to wait, roughly; 0 while nobody knows. */
  synchronized double expectedNanos() {
    // Nobody knows how fast it is: one call finds out, the others do not follow it.
    double each = averageNanos > 0 ? averageNanos : inFlight > 0 ? MEMORY_NANOS : 0;
    return each * (inFlight + 1);
  }
}
