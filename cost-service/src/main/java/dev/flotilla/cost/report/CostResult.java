package dev.flotilla.cost.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.flotilla.catalog.Money;
import dev.flotilla.cost.currency.Rate;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One sum.
 *
 * @param group the dimensions asked for; a null value stands for attempts that have none
 * @param amount what is known to have been spent: settled and estimated
 * @param amountLocal the same in a second currency; left out unless asked for
 * @param costNanos the same in nano-dollars
 * @param settledNanos the part of it that the providers themselves told
 * @param unknown attempts whose outcome nobody knows; not in {@code amount}
 * @param estimatedNanos the part of {@code costNanos} that rests on tokens we counted ourselves
 * @param attempts rows of the ledger, void ones included, corrections not
 * @param requests distinct requests behind them; null where there are too many rows to count them
 * @param promptTokens all input: uncached, read from a cache, and written to one
 * @param cachedTokens the part of it that was read from a cache
 * @param completionTokens all output, reasoning included
 * @param cacheHits answers from our cache; null when grouped by something decisions do not have
 * @param fallbacks answers that needed another candidate than the first; null like {@code
 *     cacheHits}
 * @param simulated whether these answers were invented; real and invented ones are never in one sum
 * @param explain by a figure's place in this result, the statement that recomputes it from the
 *     rows; left out unless asked for
 */
record CostResult(
    String object,
    Map<String, @Nullable String> group,
    Amount amount,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable LocalAmount amountLocal,
    long costNanos,
    long settledNanos,
    Unknown unknown,
    long estimatedNanos,
    long attempts,
    @Nullable Long requests,
    long promptTokens,
    long cachedTokens,
    long completionTokens,
    @Nullable Long cacheHits,
    @Nullable Long fallbacks,
    boolean simulated,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, String> explain) {
  static final String OBJECT = "cost.result";

  CostResult with(LocalAmount local) {
    return new CostResult(
        object,
        group,
        amount,
        local,
        costNanos,
        settledNanos,
        unknown,
        estimatedNanos,
        attempts,
        requests,
        promptTokens,
        cachedTokens,
        completionTokens,
        cacheHits,
        fallbacks,
        simulated,
        explain);
  }

  /**
   * An amount in another currency.
   *
   * @param value exact: each day's dollars times its rate
   * @param rates those that were used, by their days
   */
  record LocalAmount(BigDecimal value, String currency, List<Rate> rates) {}

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
