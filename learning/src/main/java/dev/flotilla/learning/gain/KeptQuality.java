package dev.flotilla.learning.gain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What is kept of a stronger model's quality by the share of prompts that may go to it, measured on
 * prompts that the judged models had not seen.
 *
 * @param points one for each percent from 0 to 100, in order
 */
public record KeptQuality(List<Point> points) {
  private static final int MOST_PERCENT = 100;

  /** Above every gain, so that nothing goes to the strong model. */
  private static final double NEVER = 2;

  /** Below every gain. */
  private static final double ALWAYS = -2;

  /** Digits that are kept of a gain: what a file says and what is shown is what decides. */
  private static final double STEPS = 1e6;

  public KeptQuality {
    points = List.copyOf(points);
    if (points.size() != MOST_PERCENT + 1) {
      throw new IllegalArgumentException(points.size() + " points");
    }
    for (int percent = 0; percent <= MOST_PERCENT; percent++) {
      Point point = points.get(percent);
      boolean falls = percent == 0 || point.threshold() <= points.get(percent - 1).threshold();
      if (point.percent() != percent || !falls) {
        throw new IllegalArgumentException("no point for " + percent + " %: " + point);
      }
    }
  }

  /**
   * What comes of one threshold.
   *
   * @param percent of the prompts that go to the strong model at most
   * @param threshold they go there when more is foretold than this
   * @param quality of all answers together; 1 is the strong model's alone
   */
  public record Point(int percent, double threshold, double quality) {
    public Point {
      if (!Double.isFinite(threshold) || !Double.isFinite(quality) || quality < 0) {
        throw new IllegalArgumentException(threshold + " keeps " + quality);
      }
    }
  }

  /**
   * Measures.
   *
   * @param withheld at least one; the strong model must have got something right
   */
  static KeptQuality of(List<Withheld> withheld) {
    List<Withheld> order =
        withheld.stream()
            .map(each -> new Withheld(each.pair(), rounded(each.gain())))
            .sorted(Comparator.comparingDouble(Withheld::gain).reversed())
            .toList();
    double strong = order.stream().mapToDouble(each -> each.pair().strong()).sum();
    var points = new ArrayList<Point>();
    for (int percent = 0; percent <= MOST_PERCENT; percent++) {
      double threshold = threshold(percent, order);
      double kept =
          order.stream()
              .mapToDouble(
                  each -> each.gain() > threshold ? each.pair().strong() : each.pair().weak())
              .sum();
      // Never more than was measured.
      points.add(new Point(percent, threshold, Math.floor(kept / strong * STEPS) / STEPS));
    }
    return new KeptQuality(points);
  }

  private static double threshold(int percent, List<Withheld> order) {
    return switch (percent) {
      case 0 -> NEVER;
      case MOST_PERCENT -> ALWAYS;
      default -> order.get((int) ((long) percent * order.size() / MOST_PERCENT)).gain();
    };
  }

  /** A gain as it is compared with a threshold: from −1 to 1, with six digits. */
  static double rounded(double gain) {
    return Math.round(Math.clamp(gain, -1, 1) * STEPS) / STEPS;
  }

  /**
   * The dearest that keeps a budget.
   *
   * @param share of prompts that may go to the strong model, 0 to 1
   */
  public Point within(double share) {
    // 0.29 · 100 is a little less than 29.
    return points.get((int) (share * MOST_PERCENT + 1e-9));
  }

  /** The cheapest that keeps a quality; empty when none does. */
  public Optional<Point> keeping(double quality) {
    return points.stream().filter(point -> point.quality() >= quality).findFirst();
  }

  /** The cheapest of those that keep the most. */
  public Point best() {
    return points.stream().reduce((a, b) -> b.quality() > a.quality() ? b : a).orElseThrow();
  }
}
