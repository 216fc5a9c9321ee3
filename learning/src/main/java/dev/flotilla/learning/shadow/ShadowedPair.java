package dev.flotilla.learning.shadow;

/**
 * How good the answers of a cheaper model and of the flagship to the same request were.
 *
 * @param cheap 0 to 1
 * @param strong 0 to 1
 * @param propensity the probability with which this request was chosen to be answered by both,
 *     above 0, at most 1. The pair counts 1/propensity times, so that requests that are seldom
 *     chosen are not forgotten.
 */
public record ShadowedPair(double cheap, double strong, double propensity) {
  public ShadowedPair {
    if (!(cheap >= 0 && cheap <= 1 && strong >= 0 && strong <= 1)) {
      throw new IllegalArgumentException(
          "scores are " + cheap + " and " + strong + ", but must be from 0 to 1");
    }
    if (!(propensity > 0 && propensity <= 1)) {
      throw new IllegalArgumentException(
          "the propensity is " + propensity + ", but must be above 0 and at most 1");
    }
  }

  /** Whether the cheaper model's answer would have done: it is of some use, and near the other. */
  public boolean isGood(Rules rules) {
    return cheap > 0 && cheap >= rules.target() * strong;
  }
}
