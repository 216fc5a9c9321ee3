package dev.flotilla.learning;

import java.util.List;

/** How far what is said of probabilities is from what comes true. */
public final class CalibrationError {
  private static final int RANGES = 10;

  private CalibrationError() {}

  /**
   * Something that was said to be likely.
   *
   * @param likely how likely, 0 to 1
   */
  public record Said(double likely, boolean cameTrue) {}

  /**
   * The distance on average over ten equal ranges of likelihood, by how much was said in each: 0 is
   * honest.
   */
  public static double of(List<Said> all) {
    double error = 0;
    for (int range = 0; range < RANGES; range++) {
      int number = range;
      List<Said> inside =
          all.stream()
              .filter(said -> Math.min(RANGES - 1, (int) (said.likely() * RANGES)) == number)
              .toList();
      double likely = inside.stream().mapToDouble(Said::likely).sum();
      error += Math.abs(likely - inside.stream().filter(Said::cameTrue).count());
    }
    return error / all.size();
  }
}
