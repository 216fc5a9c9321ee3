package dev.flotilla.provider.resilience;

import java.time.Duration;

/**
 * The right to ask a model once. Whoever holds it gives it back, however the attempt ends: a probe
 * that is not given back keeps its circuit from closing. Giving back a second time does nothing.
 * Thread-safe.
 */
public final class Permit implements Admission {
  private final Breaker breaker;
  final long grantedNanos;

  // Guarded by the breaker's lock.
  long generation;
  boolean returned;

  Permit(Breaker breaker, long grantedNanos, long generation) {
    this.breaker = breaker;
    this.grantedNanos = grantedNanos;
    this.generation = generation;
  }

  @Override
  public Duration retryAfter() {
    return Duration.ZERO;
  }

  /**
   * A stream has begun: a probe has found out what it was to find out, and need not last as long as
   * the stream does. How the stream ends still counts.
   */
  public void begun() {
    breaker.begun(this);
  }

  public void giveBack(Evidence evidence) {
    breaker.giveBack(this, evidence);
  }
}
