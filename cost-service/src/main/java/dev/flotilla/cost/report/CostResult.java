package dev.flotilla.cost.report;

import dev.flotilla.catalog.Money;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One sum.
 *
 * @param group the dimensions asked for; a null value stands for attempts that have none
 * @param amount what is known to have been spent: settled and estimated
 * @param costNanos the same in nano-dollars
 * @param unknown attempts whose outcome nobody knows; not in {@code amount}
 * @param estimatedNanos the part of {@code costNanos} that rests on tokens we counted ourselves
 * @param attempts rows of the ledger, void ones included
 * @param requests distinct requests behind them
 * @param promptTokens all input: uncached, read from a cache, and written to one
 * @param cachedTokens the part of it that was read from a cache
 * @param completionTokens all output, reasoning included
 * @param cacheHits answers from our cache; null when grouped by something decisions do not have
 * @param fallbacks answers that needed another candidate than the first; null like {@code
 *     cacheHits}
 * @param simulated whether these answers were invented; real and invented ones are never in one sum
 */
record CostResult(
    String object,
    Map<String, @Nullable String> group,
    Amount amount,
    long costNanos,
    Unknown unknown,
    long estimatedNanos,
    long attempts,
    long requests,
    long promptTokens,
    long cachedTokens,
    long completionTokens,
    @Nullable Long cacheHits,
    @Nullable Long fallbacks,
    boolean simulated) {
  static final String OBJECT = "cost.result";

  /**
   * Dollars.
   *
   * @param value exact
   */
  record Amount(BigDecimal value, String currency) {
    static Amount of(long nanos) {
      return new Amount(Money.usd(nanos), "usd");
    }
  }

  /**
   * The truth lies between the two.
   *
   * @param requests distinct requests with at least one such attempt
   */
  record Unknown(long requests, long floorNanos, long ceilingNanos) {}
}
