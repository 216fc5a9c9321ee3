package dev.flotilla.judgement.evaluation;

import java.util.Arrays;

/** Where 95 % of the bootstrap samples lie. */
public record Interval(double from, double to) {
  private static final double OUTSIDE = 0.025;

  static Interval of(double[] samples) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    int cut = (int) Math.floor(OUTSIDE * sorted.length);
    return new Interval(sorted[cut], sorted[sorted.length - 1 - cut]);
  }
}
