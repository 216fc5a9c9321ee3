package dev.flotilla.cost.report;

import java.time.Instant;
import java.util.List;

/**
 * One screen: what this day or month has cost so far.
 *
 * @param total everything in the period
 * @param topModels at most five, dearest first
 * @param forecastThisMonth what the month will cost if it goes on as it did so far
 * @param movers at most five models whose cost changed most against the same part of the day or
 *     month before
 * @param simulated whether these are invented answers, because there are no real ones
 */
record CostSummary(
    String object,
    String period,
    long startTime,
    long endTime,
    CostResult.Amount spentToday,
    CostResult.Amount spentThisMonth,
    CostResult.Amount forecastThisMonth,
    CostResult total,
    List<CostResult> topModels,
    List<Mover> movers,
    boolean simulated,
    Instant generatedAt) {

  /**
   * A model that costs more or less than before.
   *
   * @param changeNanos negative when it costs less
   */
  record Mover(
      String model, CostResult.Amount amount, CostResult.Amount before, long changeNanos) {}
}
