package dev.flotilla.provider.completion;

import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The time within one attempt: its start by the wall clock, and from there on by the monotonic one.
 * A wall clock that is set back meanwhile would end an attempt before it began, and the ledger
 * refuses such an entry for good.
 */
record AttemptTime(Instant startedAt, long startedNanoTime, LongSupplier nanoTime) {
  static AttemptTime from(Instant startedAt) {
    return new AttemptTime(startedAt, System.nanoTime(), System::nanoTime);
  }

  /** Never before the start, and as far from it as really passed. */
  Instant now() {
    return startedAt.plus(elapsed());
  }

  Duration elapsed() {
    return Duration.ofNanos(nanoTime.getAsLong() - startedNanoTime);
  }
}
