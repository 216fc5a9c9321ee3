package dev.flotilla.judgement.evaluation;

/**
 * What was shown, and what it was worth.
 *
 * @param shown clusters, or a single reviewer's findings
 * @param right of those, which name an issue or repeat one
 * @param fresh of those, which name an issue for the first time
 * @param found issues that were named
 * @param issues all there are
 */
public record Tally(int shown, int right, int fresh, int found, int issues) {
  static final Tally NONE = new Tally(0, 0, 0, 0, 0);

  Tally plus(Tally other) {
    return new Tally(
        shown + other.shown,
        right + other.right,
        fresh + other.fresh,
        found + other.found,
        issues + other.issues);
  }

  public double precision() {
    return share(right, shown);
  }

  /** Repeats are noise. */
  public double strictPrecision() {
    return share(fresh, shown);
  }

  public double recall() {
    return share(found, issues);
  }

  public double f1() {
    return harmonic(precision(), recall());
  }

  public double strictF1() {
    return harmonic(strictPrecision(), recall());
  }

  private static double share(int part, int whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  private static double harmonic(double one, double other) {
    return one + other == 0 ? 0 : 2 * one * other / (one + other);
  }
}
