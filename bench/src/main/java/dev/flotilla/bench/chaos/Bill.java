package dev.flotilla.bench.chaos;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What the upstream charges for one attempt.
 *
 * @param promptTokens all of them, cached ones included, as OpenAI counts
 * @param cachedTokens those of them that came from the prompt cache
 * @param asked which request it was for: the same for the same words
 * @param times how often this attempt was asked; more than once is a second payment
 */
record Bill(long promptTokens, long cachedTokens, long completionTokens, String asked, int times) {
  // Pico-dollars a token, as the catalogue of the bench has it.
  private static final long INPUT = 140_000;
  private static final long CACHE_READ = 2_800;
  private static final long OUTPUT = 280_000;

  /** The same request always costs the same. */
  static Bill of(String body) {
    int hash = body.hashCode();
    long prompt = 10L + Math.floorMod(hash, 50);
    long cached = Math.floorMod(hash, 4) == 0 ? prompt / 2 : 0;
    return new Bill(prompt, cached, 5L + Math.floorMod(hash, 37), words(body), 1);
  }

  Bill again() {
    return new Bill(promptTokens, cachedTokens, completionTokens, asked, times + 1);
  }

  /** Without what our own door adds to know one attempt from another. */
  private static String words(String body) {
    int from = body.indexOf("\"messages\"");
    return from < 0 ? body : body.substring(from, body.indexOf(']', from) + 1);
  }

  /** Nano-dollars, of one time. */
  long nanos() {
    long pico =
        (promptTokens - cachedTokens) * INPUT
            + cachedTokens * CACHE_READ
            + completionTokens * OUTPUT;
    return BigDecimal.valueOf(pico)
        .movePointLeft(3)
        .setScale(0, RoundingMode.HALF_EVEN)
        .longValueExact();
  }
}
