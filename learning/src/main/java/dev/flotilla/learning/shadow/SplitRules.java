package dev.flotilla.learning.shadow;

/**
 * When a part of the requests goes to a cheaper model that is not good enough for all of them.
 *
 * @param target the share of the flagship's quality that must be kept
 * @param confidence of the bound that must reach it, one-sided
 * @param window in how many requests in a row it must be reached; 0: on average
 * @param fewestPairs below which no part is looked for
 * @param smallestShare a smaller part is not worth the trouble
 * @param largestShare no more than this goes to the cheaper model, though more might
 */
public record SplitRules(
    double target,
    double confidence,
    int window,
    int fewestPairs,
    double smallestShare,
    double largestShare) {
  public SplitRules {
    if (!(smallestShare > 0 && smallestShare <= largestShare && largestShare <= 1)) {
      throw new IllegalArgumentException(
          "shares are "
              + smallestShare
              + " to "
              + largestShare
              + ", but must be above 0, at most 1, and in this order");
    }
    if (fewestPairs < 50) {
      throw new IllegalArgumentException(
          "fewest pairs are " + fewestPairs + ", but a split needs 50 or more; try 500");
    }
  }
}
