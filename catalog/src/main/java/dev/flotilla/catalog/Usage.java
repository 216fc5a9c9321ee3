package dev.flotilla.catalog;

/**
 * What an attempt consumed, in disjoint buckets of tokens; each is 0 or more.
 *
 * @param input charged at the full input price
 * @param cacheRead read from the provider's prompt cache
 * @param cacheWrite5m written to a five-minute prompt cache
 * @param cacheWrite1h written to a one-hour prompt cache
 * @param output visible output
 * @param reasoning hidden output
 */
public record Usage(
    long input, long cacheRead, long cacheWrite5m, long cacheWrite1h, long output, long reasoning) {
  public Usage {
    if (input < 0
        || cacheRead < 0
        || cacheWrite5m < 0
        || cacheWrite1h < 0
        || output < 0
        || reasoning < 0) {
      throw new IllegalArgumentException("a bucket of tokens is negative");
    }
  }

  /** Plain text without any prompt cache. */
  public static Usage text(long input, long output) {
    return new Usage(input, 0, 0, 0, output, 0);
  }
}
