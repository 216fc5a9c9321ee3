package dev.flotilla.learning.shadow;

/** Quantiles of distributions that bounds are made of. */
final class Quantile {
  private Quantile() {}

  /**
   * Of the normal distribution. Abramowitz and Stegun, Handbook of Mathematical Functions (1964),
   * 26.2.23: wrong by less than 4.5e-4.
   *
   * @param probability above 0.5, below 1
   */
  static double normal(double probability) {
    double t = Math.sqrt(-2 * Math.log(1 - probability));
    return t
        - (2.515517 + t * (0.802853 + t * 0.010328))
            / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  }

  /**
   * Of Student's distribution, by its expansion around the normal one (the same, 26.7.5): good to
   * three figures from 10 degrees of freedom on.
   *
   * @param probability above 0.5, below 1
   */
  static double student(double probability, double freedom) {
    double z = normal(probability);
    double cube = z * z * z;
    double fifth = cube * z * z;
    return z
        + (cube + z) / (4 * freedom)
        + (5 * fifth + 16 * cube + 3 * z) / (96 * freedom * freedom);
  }
}
