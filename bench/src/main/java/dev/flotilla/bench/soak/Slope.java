package dev.flotilla.bench.soak;

import java.util.ArrayList;
import java.util.List;

/**
 * How fast something grows, as the median of the slopes between all pairs of samples (the estimator
 * of Theil and Sen): up to a quarter of the samples may be nonsense without moving it far.
 */
final class Slope {
  private record Point(double minute, double mb) {}

  private final List<Point> points = new ArrayList<>();

  void add(double minute, double mb) {
    points.add(new Point(minute, mb));
  }

  /** MB in ten minutes; 0 with fewer than two samples. */
  double perTenMinutes() {
    var slopes = new ArrayList<Double>();
    for (int a = 0; a < points.size(); a++) {
      for (int b = a + 1; b < points.size(); b++) {
        double minutes = points.get(b).minute() - points.get(a).minute();
        if (minutes > 0) {
          slopes.add((points.get(b).mb() - points.get(a).mb()) / minutes * 10);
        }
      }
    }
    if (slopes.isEmpty()) {
      return 0;
    }
    slopes.sort(Double::compare);
    int middle = slopes.size() / 2;
    return slopes.size() % 2 == 1
        ? slopes.get(middle)
        : (slopes.get(middle - 1) + slopes.get(middle)) / 2;
  }

  double last() {
    return points.isEmpty() ? 0 : points.getLast().mb();
  }
}
