package dev.flotilla.cost.provider;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one provider did over the last five minutes and the last hour.
 *
 * @param answers answers, not from the cache, for which it was asked
 * @param fallbacks those of them that needed another candidate because it failed; each is counted
 *     once
 * @param reasons why, over the hour: how many of them by the first thing that failed
 * @param attempts calls that have ended, without those their caller gave up or got wrong
 * @param errors those of them that the provider failed
 * @param latencyMs of the hour's calls that were answered, to the answer's end; null without one
 * @param lastError the hour's last failure; null without one
 */
record ProviderFigures(
    String provider,
    Recent answers,
    Recent fallbacks,
    Map<String, Long> reasons,
    Recent attempts,
    Recent errors,
    @Nullable Latency latencyMs,
    @Nullable LastError lastError) {

  /** How many over the last five minutes, and over the last hour. */
  record Recent(long fiveMinutes, long hour) {
    static final Recent NONE = new Recent(0, 0);
  }

  /** Milliseconds that half of the calls, and 95 % of them, did not exceed. */
  record Latency(long p50, long p95) {}

  /**
   * @param kind one of {@link dev.flotilla.contracts.call.Outcomes}
   * @param requestId where {@code GET /v1/requests/{id}} tells more
   */
  record LastError(Instant at, String kind, String model, String requestId) {}
}
