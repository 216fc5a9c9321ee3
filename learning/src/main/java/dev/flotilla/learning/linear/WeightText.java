package dev.flotilla.learning.linear;

import java.util.Base64;

/**
 * Weights as text: the size of a step, and one signed byte of steps per weight in base64. A byte is
 * enough: a decision adds up many weights, and what is rounded away evens out.
 */
public final class WeightText {
  private static final int MOST_STEPS = 127;

  private WeightText() {}

  public static String of(double[] weights) {
    double longest = 0;
    for (double weight : weights) {
      longest = Math.max(longest, Math.abs(weight));
    }
    float step = (float) Math.max(longest / MOST_STEPS, Float.MIN_NORMAL);
    byte[] steps = new byte[weights.length];
    for (int i = 0; i < weights.length; i++) {
      steps[i] = (byte) Math.round(weights[i] / step);
    }
    return step + " " + Base64.getEncoder().encodeToString(steps);
  }

  /**
   * Reads what was written.
   *
   * @param places how many weights there must be
   * @throws IllegalArgumentException when it is something else
   */
  public static double[] read(String text, int places) {
    int blank = text.indexOf(' ');
    if (blank < 0) {
      throw new IllegalArgumentException("no size of a step");
    }
    float step = Float.parseFloat(text.substring(0, blank));
    byte[] steps = Base64.getDecoder().decode(text.substring(blank + 1));
    if (!Float.isFinite(step) || steps.length != places) {
      throw new IllegalArgumentException(steps.length + " steps of " + step);
    }
    double[] weights = new double[places];
    for (int i = 0; i < places; i++) {
      weights[i] = steps[i] * (double) step;
    }
    return weights;
  }
}
