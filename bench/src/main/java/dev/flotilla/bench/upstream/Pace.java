package dev.flotilla.bench.upstream;

/**
 * How the upstream answers.
 *
 * @param latencyMs before the first byte of an answer
 * @param chunks of a streamed answer
 * @param gapMs between two of them
 */
public record Pace(int latencyMs, int chunks, int gapMs) {
  public static final Pace AT_ONCE = new Pace(0, 10, 0);

  static Pace parse(String text) {
    String[] numbers = text.split("-");
    return new Pace(
        Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]), Integer.parseInt(numbers[2]));
  }

  /** As {@link #parse} reads it. */
  public String text() {
    return latencyMs + "-" + chunks + "-" + gapMs;
  }
}
