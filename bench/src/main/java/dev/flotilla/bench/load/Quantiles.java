package dev.flotilla.bench.load;

import org.HdrHistogram.Histogram;

/**
 * Of waiting, in milliseconds; all 0 when there was none.
 *
 * @param count how many waited
 */
public record Quantiles(long count, double p50, double p99, double most) {
  static Quantiles of(Histogram micros) {
    return new Quantiles(
        micros.getTotalCount(),
        micros.getValueAtPercentile(50) / 1_000.0,
        micros.getValueAtPercentile(99) / 1_000.0,
        micros.getMaxValue() / 1_000.0);
  }
}
