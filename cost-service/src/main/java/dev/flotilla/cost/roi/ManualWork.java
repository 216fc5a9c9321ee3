package dev.flotilla.cost.roi;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What a run of a pipeline spares a person.
 *
 * @param minutes of work, more than 0
 * @param hourlyRate what an hour of it costs, more than 0
 * @param currency of the rate, three upper-case letters
 */
record ManualWork(String pipeline, BigDecimal minutes, BigDecimal hourlyRate, String currency) {
  /** Digits after the point, as amounts of models have them. */
  static final int SCALE = 9;

  private static final BigDecimal MINUTES_PER_HOUR = BigDecimal.valueOf(60);

  /** What so many runs would cost by hand; rounded once. */
  BigDecimal costOf(long runs) {
    return BigDecimal.valueOf(runs)
        .multiply(minutes)
        .multiply(hourlyRate)
        .divide(MINUTES_PER_HOUR, SCALE, RoundingMode.HALF_EVEN);
  }
}
