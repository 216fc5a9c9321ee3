package dev.flotilla.catalog;

/**
 * What was consumed, in disjoint buckets; each is 0 or more.
 *
 * @param input tokens charged at the full input price
 * @param cacheRead tokens read from the provider's prompt cache
 * @param cacheWrite5m tokens written to a five-minute prompt cache
 * @param cacheWrite1h tokens written to a one-hour prompt cache
 * @param output tokens of visible output
 * @param reasoning tokens of hidden output
 * @param audioIn tokens of sound that was listened to
 * @param audioOut tokens of sound that was spoken
 * @param images pictures that were made
 * @param requests calls, for providers that charge for each beside its tokens
 */
public record Usage(
    long input,
    long cacheRead,
    long cacheWrite5m,
    long cacheWrite1h,
    long output,
    long reasoning,
    long audioIn,
    long audioOut,
    long images,
    long requests) {
  public Usage {
    if (input < 0
        || cacheRead < 0
        || cacheWrite5m < 0
        || cacheWrite1h < 0
        || output < 0
        || reasoning < 0
        || audioIn < 0
        || audioOut < 0
        || images < 0
        || requests < 0) {
      throw new IllegalArgumentException("a bucket is negative");
    }
  }

  /** The tokens of text alone. */
  public Usage(
      long input,
      long cacheRead,
      long cacheWrite5m,
      long cacheWrite1h,
      long output,
      long reasoning) {
    this(input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning, 0, 0, 0, 0);
  }

  /** Plain text without any prompt cache. */
  public static Usage text(long input, long output) {
    return new Usage(input, 0, 0, 0, output, 0);
  }

  /**
   * All tokens of the prompt, whatever bucket they are in: what context tiers are chosen by.
   *
   * @throws ArithmeticException when they do not fit
   */
  public long promptTokens() {
    long text =
        Math.addExact(Math.addExact(input, cacheRead), Math.addExact(cacheWrite5m, cacheWrite1h));
    return Math.addExact(text, audioIn);
  }

  /** The count of one bucket. */
  public long of(Bucket bucket) {
    return switch (bucket) {
      case INPUT -> input;
      case CACHE_READ -> cacheRead;
      case CACHE_WRITE_5M -> cacheWrite5m;
      case CACHE_WRITE_1H -> cacheWrite1h;
      case OUTPUT -> output;
      case REASONING -> reasoning;
      case AUDIO_IN -> audioIn;
      case AUDIO_OUT -> audioOut;
      case IMAGES -> images;
      case REQUESTS -> requests;
    };
  }
}
