package dev.flotilla.cost.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One screen: what this day or month has cost so far.
 *
 * @param total everything in the period
 * @param topModels at most five, dearest first
 * @param forecastThisMonth what the month will cost if it goes on as it did so far
 * @param movers at most five models whose cost changed most against the same part of the day or
 *     month before
 * @param simulated whether these are invented answers, because there are no real ones
 * @param explain by a figure's place, the statement that recomputes it; those of {@code total} and
 *     {@code topModels} are in there; left out unless asked for
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
    Instant generatedAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, String> explain) {

  /**
   * A model that costs more or less than before.
   *
   * @param changeNanos negative when it costs less
   */
  record Mover(
      String model, CostResult.Amount amount, CostResult.Amount before, long changeNanos) {}
}
