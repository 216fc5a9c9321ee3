package dev.flotilla.learning.shadow;

/**
 * When a cheaper model counts as good enough.
 *
 * @param target the share of the flagship's quality that must be kept, above 0, at most 1
 * @param confidence of each bound, one-sided, above 0.5 and below 1
 * @param fewestPairs below which nothing is decided, at least 10
 * @param halfLife after how many pairs one counts half as much for a promoted model, at least
 *     {@code fewestPairs}
 * @param window 0: the average must reach the target; else the average of so many requests in a
 *     row, which chance moves more
 */
public record Rules(
    double target, double confidence, int fewestPairs, double halfLife, int window) {
  /** As the design has it: 97 %, bounds of 90 %. */
  public static final Rules USUAL = new Rules(0.97, 0.90, 100, 200, 0);

  public Rules {
    if (!(target > 0 && target <= 1)) {
      throw new IllegalArgumentException(
          "the target is " + target + ", but must be above 0 and at most 1; try 0.97");
    }
    if (!(confidence > 0.5 && confidence < 1)) {
      throw new IllegalArgumentException(
          "the confidence is " + confidence + ", but must be between 0.5 and 1; try 0.90");
    }
    if (fewestPairs < 10) {
      throw new IllegalArgumentException(
          "fewest pairs are " + fewestPairs + ", but fewer than 10 show nothing; try 100");
    }
    if (!(halfLife >= fewestPairs)) {
      throw new IllegalArgumentException(
          "the half-life is "
              + halfLife
              + " pairs, but must be at least the fewest pairs, "
              + fewestPairs);
    }
    if (window < 0) {
      throw new IllegalArgumentException(
          "the window is " + window + ", but must be 0 or a number of requests, like 1000");
    }
  }

  public Rules withTarget(double other) {
    return new Rules(other, confidence, fewestPairs, halfLife, window);
  }

  public Rules withWindow(int other) {
    return new Rules(target, confidence, fewestPairs, halfLife, other);
  }
}
