package dev.flotilla.provider.bucket;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One of a provider's limits as it announced it last: what was left then, what has been taken since
 * and what has come back since. Nothing is known, and nothing limited, until it announces and after
 * it is full again. One thread at a time.
 */
final class Announced {
  /** A provider that announces hours is asked again after a while all the same. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private boolean known;
  private double left;
  private double most;
  private double perNano;
  private long atNanos;
  private long untilNanos;

  /**
   * @param now as {@link System#nanoTime}
   */
  void heard(Left announced, long now) {
    long untilFull = announced.untilFull().toNanos();
    Long limit = announced.limit();
    known = untilFull > 0;
    left = (double) announced.remaining();
    // A provider that does not say how much it gives back until then gives nothing back.
    most = limit == null ? left : Math.max((double) limit, left);
    perNano = known ? (most - left) / (double) untilFull : 0;
    atNanos = now;
    untilNanos = now + Math.min(untilFull, LONGEST.toNanos());
  }

  /** Nanoseconds until so many are there; 0 when they are. */
  long waitNanos(long wanted, long now) {
    if (!known || now - untilNanos >= 0) {
      known = false;
      return 0;
    }
    // What is larger than all there ever is waits for all of it.
    double missing =
        Math.min((double) wanted, Math.max(1, most)) - left - perNano * (double) (now - atNanos);
    if (missing <= 0) {
      return 0;
    }
    long untilFull = untilNanos - now;
    double wait = perNano > 0 ? Math.ceil(missing / perNano) : (double) untilFull;
    return Math.max(1, (long) Math.min(wait, (double) untilFull));
  }

  /** What is left of it; null when nothing is known. */
  @Nullable Long left(long now) {
    if (!known || now - untilNanos >= 0) {
      return null;
    }
    return Math.max(0, (long) Math.min(most, left + perNano * (double) (now - atNanos)));
  }

  void take(long count) {
    left -= (double) count;
  }
}
