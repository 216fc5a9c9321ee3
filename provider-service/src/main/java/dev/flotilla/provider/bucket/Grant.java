package dev.flotilla.provider.bucket;

import java.time.Duration;

/** Whether a request fits into what its provider grants. */
public sealed interface Grant {
  /**
   * It fits, and is counted.
   *
   * @param tokens how many are counted for it until it is known how many it took
   */
  record Taken(long tokens) implements Grant {}

  /** It does not fit yet, and is not counted. */
  record Wait(Duration retryAfter) implements Grant {}
}
