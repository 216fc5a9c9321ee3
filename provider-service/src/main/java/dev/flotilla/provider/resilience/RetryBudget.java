package dev.flotilla.provider.resilience;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What all calls together may retry: each call saves up a part of a retry, and time a little more,
 * so that an outage is not answered with a multiple of the usual calls. Begins full. Thread-safe.
 */
final class RetryBudget {
  private final RetryConfig config;
  private final LongSupplier nanoClock;
  private double saved;
  private long sinceNanos;

  /**
   * @param nanoClock as {@link System#nanoTime}
   */
  RetryBudget(RetryConfig config, LongSupplier nanoClock) {
    this.config = config;
    this.nanoClock = nanoClock;
    this.saved = config.budgetBurst();
    this.sinceNanos = nanoClock.getAsLong();
  }

  /** A call has come in. */
  synchronized void called() {
    save(config.budget());
  }

  /** Whether one more retry may be made; it is spent if so. */
  synchronized boolean spend() {
    long now = nanoClock.getAsLong();
    save((double) (now - sinceNanos) * config.budgetFloor() / TimeUnit.SECONDS.toNanos(1));
    sinceNanos = now;
    if (saved < 1) {
      return false;
    }
    saved--;
    return true;
  }

  private void save(double retries) {
    saved = Math.min(config.budgetBurst(), saved + retries);
  }
}
