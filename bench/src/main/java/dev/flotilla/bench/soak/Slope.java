package dev.flotilla.bench.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * How fast something grows, as the median of the slopes between all pairs of samples (the estimator
 * of Theil and Sen): up to a quarter of the samples may be nonsense without moving it far.
 */
final class Slope {
  private record Point(double minute, double mb) {}

  /** So many standard deviations a normal variable is off with a probability of 5 percent. */
  private static final double NORMAL_95 = 1.96;

  private final List<Point> points = new ArrayList<>();

  void add(double minute, double mb) {
    points.add(new Point(minute, mb));
  }

  /** MB in ten minutes; 0 with fewer than two samples. */
  double perTenMinutes() {
    List<Double> slopes = slopes();
    if (slopes.isEmpty()) {
      return 0;
    }
    int middle = slopes.size() / 2;
    return slopes.size() % 2 == 1
        ? slopes.get(middle)
        : (slopes.get(middle - 1) + slopes.get(middle)) / 2;
  }

  /**
   * The lower end of the interval that holds the slope with a probability of 95 percent, by the
   * variance of Kendall's S (Hollander and Wolfe, Nonparametric Statistical Methods, 9.3): what is
   * not above 0 may as well not grow at all. 0 with fewer than two samples.
   */
  double atLeastPerTenMinutes() {
    List<Double> slopes = slopes();
    if (slopes.isEmpty()) {
      return 0;
    }
    double n = points.size();
    double spread = NORMAL_95 * Math.sqrt(n * (n - 1) * (2 * n + 5) / 18);
    return slopes.get((int) Math.max(0, (slopes.size() - spread) / 2));
  }

  /**
   * How much more the least of the second half of the time is than the least of the first, MB in
   * ten minutes: what comes and goes within a few samples does not count. 0 when a half has none.
   */
  double leastPerTenMinutes() {
    if (points.isEmpty()) {
      return 0;
    }
    double start = points.getFirst().minute();
    double half = (points.getLast().minute() - start) / 2;
    OptionalDouble before = least(point -> point.minute() < start + half);
    OptionalDouble after = least(point -> point.minute() >= start + half);
    return before.isEmpty() || after.isEmpty() || half == 0
        ? 0
        : (after.getAsDouble() - before.getAsDouble()) / half * 10;
  }

  private OptionalDouble least(Predicate<Point> which) {
    return points.stream().filter(which).mapToDouble(Point::mb).min();
  }

  /** Between all pairs of samples, MB in ten minutes, least first. */
  private List<Double> slopes() {
    var slopes = new ArrayList<Double>();
    for (int a = 0; a < points.size(); a++) {
      for (int b = a + 1; b < points.size(); b++) {
        double minutes = points.get(b).minute() - points.get(a).minute();
        if (minutes > 0) {
          slopes.add((points.get(b).mb() - points.get(a).mb()) / minutes * 10);
        }
      }
    }
    slopes.sort(Double::compare);
    return slopes;
  }

  double last() {
    return points.isEmpty() ? 0 : points.getLast().mb();
  }
}
