package dev.flotilla.learning.shadow;

/**
 * Where the mean of bounded numbers lies: a confidence interval of Student on weighted numbers,
 * with half a pair more of each of the four outcomes that two right-or-wrong answers can have.
 * Without them few pairs that all agree would look certain. Agresti and Min, Simple improved
 * confidence intervals for comparing matched proportions, Statistics in Medicine 24 (2005).
 *
 * @param lower of q_cheap − target · q_strong
 * @param mean without the half pairs
 * @param upper like the lower one, one-sided
 * @param pairs how many pairs of equal weight say as much (Kish)
 */
public record Bounds(double lower, double mean, double upper, double pairs) {

  /** Sums over pairs: of weights, their squares, of weighted differences and their squares. */
  record Sums(double weight, double weightSquares, double difference, double differenceSquares) {
    static final Sums NONE = new Sums(0, 0, 0, 0);

    /** One more; what was before counts {@code kept} times as much as it did. */
    Sums with(double value, double by, double kept) {
      return new Sums(
          weight * kept + by,
          weightSquares * kept * kept + by * by,
          difference * kept + by * value,
          differenceSquares * kept + by * value * value);
    }

    double pairs() {
      return weightSquares == 0 ? 0 : weight * weight / weightSquares;
    }

    double mean() {
      return weight == 0 ? 0 : difference / weight;
    }
  }

  /**
   * @param confidence of each bound
   * @param window how many numbers the mean is of, that is foretold; 0: endlessly many
   */
  static Bounds of(Sums sums, double target, double confidence, int window) {
    double pairs = sums.pairs();
    if (pairs < 2) {
      return new Bounds(-target, sums.mean(), 1, pairs);
    }
    double perPair = pairs / sums.weight();
    double all = pairs + 2;
    double sum = sums.difference() * perPair + (1 - target + 1 - target) / 2;
    double squares =
        sums.differenceSquares() * perPair + (square(1 - target) + 1 + square(target)) / 2;
    double mean = sum / all;
    double variance = Math.max(0, squares / all - mean * mean) * all / (all - 1);
    double ahead = window == 0 ? 0 : 1.0 / window;
    double radius = Quantile.student(confidence, all - 1) * Math.sqrt(variance * (1 / all + ahead));
    return new Bounds(mean - radius, sums.mean(), mean + radius, pairs);
  }

  private static double square(double x) {
    return x * x;
  }
}
