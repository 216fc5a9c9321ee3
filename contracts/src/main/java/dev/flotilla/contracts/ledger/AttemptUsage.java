package dev.flotilla.contracts.ledger;

import jakarta.json.bind.annotation.JsonbProperty;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt consumed, in disjoint buckets: no token is counted in two of them.
 *
 * <p>Counts are boxed because a provider may not report them: {@code null} means "not reported",
 * {@code 0} means "reported as none".
 *
 * @param input tokens billed at the full input price
 * @param cacheRead tokens read from the provider's prompt cache
 * @param cacheWrite5m tokens written to a five-minute prompt cache
 * @param cacheWrite1h tokens written to a one-hour prompt cache
 * @param output visible output tokens; reasoning is beside, not inside
 * @param reasoning hidden output tokens
 * @param audioIn audio input tokens
 * @param audioOut audio output tokens
 * @param images images produced
 */
public record AttemptUsage(
    @Nullable Long input,
    @JsonbProperty("cache_read") @Nullable Long cacheRead,
    @JsonbProperty("cache_write_5m") @Nullable Long cacheWrite5m,
    @JsonbProperty("cache_write_1h") @Nullable Long cacheWrite1h,
    @Nullable Long output,
    @Nullable Long reasoning,
    @JsonbProperty("audio_in") @Nullable Long audioIn,
    @JsonbProperty("audio_out") @Nullable Long audioOut,
    @Nullable Long images) {

  /** Nothing was consumed, or nothing is known of it. */
  public static final AttemptUsage NONE =
      new AttemptUsage(null, null, null, null, null, null, null, null, null);

  /** The buckets that text models report. */
  public static AttemptUsage text(long input, long cacheRead, long output, long reasoning) {
    return new AttemptUsage(input, cacheRead, 0L, 0L, output, reasoning, null, null, null);
  }

  /** The same input with another output. */
  public AttemptUsage withOutput(long visible, long hidden) {
    return new AttemptUsage(
        input, cacheRead, cacheWrite5m, cacheWrite1h, visible, hidden, audioIn, audioOut, images);
  }
}
