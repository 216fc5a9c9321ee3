package dev.flotilla.learning.replay;

import java.util.Arrays;

/**
 * What a stream of requests got, what the flagship would have given, and what it cost, the
 * flagship's answer being 1; one number per request.
 */
final class Course {
  private final double[] routed;
  private final double[] strong;
  private final double[] cost;

  Course(double[] routed, double[] strong, double[] cost) {
    this.routed = routed.clone();
    this.strong = strong.clone();
    this.cost = cost.clone();
  }

  /** The quality of the worst run of so many requests as a share of the flagship's. */
  double lowest(int window) {
    double lowest = Double.MAX_VALUE;
    double ours = 0;
    double flagship = 0;
    for (int i = 0; i < routed.length; i++) {
      ours += routed[i];
      flagship += strong[i];
      if (i >= window) {
        ours -= routed[i - window];
        flagship -= strong[i - window];
      }
      if (i >= window - 1 && flagship > 0) {
        lowest = Math.min(lowest, ours / flagship);
      }
    }
    return lowest == Double.MAX_VALUE ? 1 : lowest;
  }

  double quality() {
    return Arrays.stream(routed).sum() / Math.max(1e-9, Arrays.stream(strong).sum());
  }

  double costOfFirstHalf() {
    return Arrays.stream(cost, 0, cost.length / 2).average().orElse(1);
  }

  double costOfSecondHalf() {
    return Arrays.stream(cost, cost.length / 2, cost.length).average().orElse(1);
  }
}
