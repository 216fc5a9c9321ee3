package dev.flotilla.kit.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The moment after which nobody waits for an answer any more. Passed down and never made later;
 * measured on the monotonic clock, so that a jump of the wall clock moves no time-out.
 */
public final class Deadline {
  private final long nanoTime;

  private Deadline(long nanoTime) {
    this.nanoTime = nanoTime;
  }

  public static Deadline in(Duration patience) {
    return new Deadline(System.nanoTime() + patience.toNanos());
  }

  /**
   * The deadline another service sent as unix milliseconds, but never later than {@code atMost}
   * from now; absent or garbage is that.
   */
  public static Deadline fromHeader(@Nullable String unixMillis, Duration atMost) {
    if (unixMillis != null) {
      try {
        long remaining = Long.parseLong(unixMillis) - System.currentTimeMillis();
        return in(Duration.ofMillis(Math.clamp(remaining, 0, atMost.toMillis())));
      } catch (NumberFormatException e) {
        return in(atMost);
      }
    }
    return in(atMost);
  }

  /** Time left; zero when it has passed. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
  }

  public boolean passed() {
    return nanoTime - System.nanoTime() <= 0;
  }

  /** As unix milliseconds, for the header. */
  public String header() {
    return Long.toString(System.currentTimeMillis() + remaining().toMillis());
  }
}
