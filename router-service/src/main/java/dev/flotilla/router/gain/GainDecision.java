package dev.flotilla.router.gain;

/**
 * Which of two models comes first, and why.
 *
 * @param gain how much better the strong model's answer is expected to be, −1 to 1
 * @param threshold the strong one comes first when the gain is above it; beyond −1 to 1 when all
 *     requests go to one of them
 */
public record GainDecision(double gain, double threshold) {
  public boolean isStrong() {
    return gain > threshold;
  }

  /** As previews say it. */
  public String chose() {
    return isStrong() ? "strong" : "cheap";
  }
}
