package dev.flotilla.provider.resilience;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * When a call is made again at the same model: never when the provider may have answered already,
 * never past the deadline, and never so often that an outage is made worse. Thread-safe.
 */
public final class Retries {
  private final RetryConfig config;
  private final RetryBudget budget;
  private final DoubleSupplier random;

  /**
   * @param random numbers from 0 to less than 1
   * @param nanoClock as {@link System#nanoTime}
   */
  public Retries(RetryConfig config, DoubleSupplier random, LongSupplier nanoClock) {
    this.config = config;
    this.budget = new RetryBudget(config, nanoClock);
    this.random = random;
  }

  /** The retries of a call that has just come in. */
  public CallRetries begin() {
    budget.called();
    return new CallRetries(config, budget, random);
  }
}
