package dev.flotilla.judgement.reliability;

/**
 * What became of a reviewer's findings.
 *
 * @param right findings that turned out to be right
 * @param said all of its findings whose outcome is known
 * @param found problems it had named
 * @param there problems that it should have named
 */
public record Reliability(long right, long said, long found, long there) {
  /** For somebody of whom nothing is known. */
  public static final Reliability UNKNOWN = new Reliability(0, 0, 0, 0);

  public Reliability {
    if (right < 0 || right > said || found < 0 || found > there) {
      throw new IllegalArgumentException(
          "%d right of %d, %d found of %d".formatted(right, said, found, there));
    }
  }

  public Reliability plus(Reliability other) {
    return new Reliability(
        right + other.right, said + other.said, found + other.found, there + other.there);
  }

  /**
   * The share of findings that are right.
   *
   * @param usual what it is taken for while little is known, from 0 to 1
   * @param weight how many findings that counts for, above 0
   */
  public double precision(double usual, double weight) {
    return (right + usual * weight) / (said + weight);
  }

  /** The share of problems that it names; parameters as for {@link #precision}. */
  public double recall(double usual, double weight) {
    return (found + usual * weight) / (there + weight);
  }
}
