package dev.flotilla.provider.resilience;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long the last streams of a lane took to begin: the times themselves, because those of several
 * instances can be put together and their percentiles cannot. Thread-safe.
 */
final class FirstChunks {
  private static final int MOST = 50;
  private static final long KEPT_NANOS = Duration.ofHours(1).toNanos();

  private final LongSupplier nanoClock;
  private final Deque<Chunk> last = new ArrayDeque<>();

  private record Chunk(long atNanos, long tookNanos) {}

  /**
   * @param nanoClock as {@link System#nanoTime}
   */
  FirstChunks(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  synchronized void add(long tookNanos) {
    if (last.size() == MOST) {
      last.removeFirst();
    }
    last.addLast(new Chunk(nanoClock.getAsLong(), tookNanos));
  }

  /** Of the last hour, milliseconds, oldest first; at most fifty. */
  synchronized List<Long> millis() {
    long now = nanoClock.getAsLong();
    return last.stream()
        .filter(chunk -> now - chunk.atNanos() < KEPT_NANOS)
        .map(chunk -> TimeUnit.NANOSECONDS.toMillis(chunk.tookNanos()))
        .toList();
  }
}
