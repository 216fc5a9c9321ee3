package dev.flotilla.learning.shadow;

import dev.flotilla.learning.shadow.Bounds.Sums;

/**
 * What pairs have shown of one cheaper model for one kind of work: numbers only, so that it can be
 * kept in a table. Immutable and thread-safe; whoever shares one replaces it as a whole.
 *
 * <p>Bounds that are looked at after every pair are wrong far more often than they say. So a model
 * whose standing is unknown is looked at after the fewest pairs, twice as many, four times as many…
 * and the k-th look may be wrong with a probability of (1 − confidence) / (k (k + 1)), which is the
 * promised probability in all. After {@value #LAST_LOOK} looks the count begins anew.
 *
 * <p>A promoted model stays so until the upper bound falls below the target: between that and the
 * lower bound it was promoted by lies all that chance does. Afterwards only new pairs count.
 *
 * @param standing what is held of the model
 * @param pairs since the standing changed or the count of looks began anew
 * @param weight of pairs, old ones fading once the model is promoted
 * @param weightSquares of the same
 * @param difference the weighted sum of q_cheap − target · q_strong
 * @param differenceSquares of the same
 */
public record Evidence(
    Standing standing,
    long pairs,
    double weight,
    double weightSquares,
    double difference,
    double differenceSquares) {
  /** Nothing is known yet. */
  public static final Evidence NONE = new Evidence(Standing.UNKNOWN, 0, 0, 0, 0, 0);

  static final int LAST_LOOK = 8;

  private static final int WATCHED_EVERY = 20;

  /** What is known after one more pair. A rejected model is not asked and learns nothing more. */
  public Evidence with(ShadowedPair pair, Rules rules) {
    return with(pair.cheap() - rules.target() * pair.strong(), 1 / pair.propensity(), rules);
  }

  /**
   * The same for a difference that was made otherwise.
   *
   * @param difference −1 to 1, not below 0 where the target was reached
   * @param by how much it counts
   */
  Evidence with(double difference, double by, Rules rules) {
    if (standing == Standing.REJECTED) {
      return this;
    }
    double kept = standing == Standing.PROMOTED ? Math.pow(0.5, 1 / rules.halfLife()) : 1;
    Sums sums = sums().with(difference, by, kept);
    return new Evidence(
            standing,
            pairs + 1,
            sums.weight(),
            sums.weightSquares(),
            sums.difference(),
            sums.differenceSquares())
        .decided(rules);
  }

  private Evidence decided(Rules rules) {
    if (standing == Standing.PROMOTED) {
      boolean due = pairs % WATCHED_EVERY == 0;
      double sure = 1 - (1 - rules.confidence()) / 10;
      return due && Bounds.of(sums(), rules.target(), sure, 0).upper() < 0 ? NONE : this;
    }
    int look = look(rules);
    if (look == 0) {
      return this;
    }
    double wrong = (1 - rules.confidence()) / (look * (look + 1.0));
    Bounds bounds = Bounds.of(sums(), rules.target(), 1 - wrong, rules.window());
    if (bounds.lower() >= 0) {
      return promoted(rules);
    }
    if (Bounds.of(sums(), rules.target(), 1 - wrong, 0).upper() < 0) {
      return as(Standing.REJECTED);
    }
    return look < LAST_LOOK ? this : NONE;
  }

  /** What came before counts as a half-life of pairs at most, so that a change is noticed soon. */
  private Evidence promoted(Rules rules) {
    double kept = Math.min(1, rules.halfLife() / sums().pairs());
    return new Evidence(
        Standing.PROMOTED,
        0,
        weight * kept,
        weightSquares * kept,
        difference * kept,
        differenceSquares * kept);
  }

  /** The number of the look that is due now, 0 when none is. */
  private int look(Rules rules) {
    long at = rules.fewestPairs();
    for (int look = 1; look <= LAST_LOOK; look++, at *= 2) {
      if (pairs == at) {
        return look;
      }
    }
    return 0;
  }

  /** The same numbers with another standing, which was decided elsewhere, as by a person. */
  public Evidence as(Standing other) {
    return new Evidence(other, 0, weight, weightSquares, difference, differenceSquares);
  }

  /** Where the difference lies, by the rules' confidence. */
  public Bounds bounds(Rules rules) {
    return Bounds.of(sums(), rules.target(), rules.confidence(), rules.window());
  }

  private Sums sums() {
    return new Sums(weight, weightSquares, difference, differenceSquares);
  }
}
