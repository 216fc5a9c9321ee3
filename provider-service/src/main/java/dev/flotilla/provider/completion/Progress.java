package dev.flotilla.provider.completion;

import dev.flotilla.provider.dialect.StreamTally;
import java.time.Duration;

/** Decides when a running stream is written down again. One thread at a time. */
final class Progress {
  private final Attempt attempt;
  private final StreamTally tally;
  private final int everyChunks;
  private final Duration every;
  private int unwritten;
  private long writtenNanoTime = System.nanoTime();

  Progress(Attempt attempt, StreamTally tally, CompletionConfig config) {
    this.attempt = attempt;
    this.tally = tally;
    this.everyChunks = config.progressChunks();
    this.every = config.progressInterval();
  }

  /** The tally has grown by a chunk. */
  void grown() {
    unwritten++;
  }

  void writeWhenDue() {
    if (unwritten >= everyChunks || untilDue().isZero()) {
      attempt.progress(tally);
      unwritten = 0;
      writtenNanoTime = System.nanoTime();
    }
  }

  /** How long it may be left; a whole interval when there is nothing new. */
  Duration untilDue() {
    if (unwritten == 0) {
      return every;
    }
    long left = every.toNanos() - (System.nanoTime() - writtenNanoTime);
    return Duration.ofNanos(Math.max(0, left));
  }
}
