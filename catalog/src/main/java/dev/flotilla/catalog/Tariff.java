package dev.flotilla.catalog;

import java.math.BigInteger;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One figure per bucket, in pico-dollars (10⁻¹² USD) per token, per picture or per request; each is
 * 0 or more.
 *
 * <p>A bucket of text without a price of its own has the price of the bucket it is a part of (cache
 * buckets like input, reasoning like output), so that nothing is free by omission. Sound and
 * pictures are a part of nothing.
 *
 * @param audioIn null when it is not known
 * @param audioOut null when it is not known
 * @param image null when it is not known
 * @param request what each call costs beside its tokens; 0 with nearly everybody
 */
public record Tariff(
    long input,
    long cacheRead,
    long cacheWrite5m,
    long cacheWrite1h,
    long output,
    long reasoning,
    @Nullable Long audioIn,
    @Nullable Long audioOut,
    @Nullable Long image,
    long request) {

  /** Of text alone. */
  public Tariff(
      long input,
      long cacheRead,
      long cacheWrite5m,
      long cacheWrite1h,
      long output,
      long reasoning) {
    this(input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning, null, null, null, 0);
  }

  /** The figure of one bucket; null when it is not known. */
  public @Nullable Long of(Bucket bucket) {
    return switch (bucket) {
      case INPUT -> Long.valueOf(input);
      case CACHE_READ -> Long.valueOf(cacheRead);
      case CACHE_WRITE_5M -> Long.valueOf(cacheWrite5m);
      case CACHE_WRITE_1H -> Long.valueOf(cacheWrite1h);
      case OUTPUT -> Long.valueOf(output);
      case REASONING -> Long.valueOf(reasoning);
      case AUDIO_IN -> audioIn;
      case AUDIO_OUT -> audioOut;
      case IMAGES -> image;
      case REQUESTS -> Long.valueOf(request);
    };
  }

  /** What something of was consumed and has no figure here. */
  Set<Bucket> missing(Usage usage) {
    var missing = EnumSet.noneOf(Bucket.class);
    for (Bucket bucket : Bucket.values()) {
      if (usage.of(bucket) > 0 && of(bucket) == null) {
        missing.add(bucket);
      }
    }
    return missing;
  }

  /** Exact sum of everything that has a figure, in pico-dollars. */
  BigInteger pico(Usage usage) {
    BigInteger sum = BigInteger.ZERO;
    for (Bucket bucket : Bucket.values()) {
      Long figure = of(bucket);
      if (figure != null && usage.of(bucket) > 0) {
        sum = sum.add(BigInteger.valueOf(figure).multiply(BigInteger.valueOf(usage.of(bucket))));
      }
    }
    return sum;
  }

  /** The most that a token of input can cost, whatever bucket it falls into. */
  long dearestInput() {
    long text = Math.max(Math.max(input, cacheRead), Math.max(cacheWrite5m, cacheWrite1h));
    return audioIn == null ? text : Math.max(text, audioIn);
  }

  /** The most that a token of output can cost. */
  long dearestOutput() {
    long text = Math.max(output, reasoning);
    return audioOut == null ? text : Math.max(text, audioOut);
  }

  /** The least that a token of text costs that was read. */
  long cheapestInput() {
    return Math.min(input, cacheRead);
  }

  /** The least that a token of text costs that was written. */
  long cheapestOutput() {
    return Math.min(output, reasoning);
  }
}
