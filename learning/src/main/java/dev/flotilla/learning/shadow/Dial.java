package dev.flotilla.learning.shadow;

import java.util.Arrays;

/**
 * Keeps the share of requests below a cutoff at what is wanted, though losses that are foretold for
 * new prompts lie a little differently from those of the prompts that were learned from. One thread
 * at a time.
 */
final class Dial {
  private static final int RECENT = 500;
  private static final int FEWEST = 100;

  /** A share that is off is made up for within so many requests. */
  private static final double CATCH_UP = 100;

  private final double share;
  private final double first;
  private final double[] recent = new double[RECENT];
  private int asked;
  private int below;

  /**
   * @param first the cutoff until enough requests were seen
   */
  Dial(double share, double first) {
    this.share = share;
    this.first = first;
  }

  /** Whether a request with this loss goes to the cheaper model. */
  boolean isBelow(double loss) {
    boolean is = loss < cutoff();
    recent[asked % RECENT] = loss;
    asked++;
    if (is) {
      below++;
    }
    return is;
  }

  private double cutoff() {
    if (share >= 1) {
      return Double.MAX_VALUE;
    }
    int known = Math.min(asked, RECENT);
    if (known < FEWEST) {
      return first;
    }
    double[] ordered = Arrays.copyOf(recent, known);
    Arrays.sort(ordered);
    double owed = share * asked - below;
    double rank = Math.clamp(share + owed / CATCH_UP, 0, 1);
    return ordered[(int) Math.min(known - 1, rank * known)];
  }
}
