package dev.flotilla.bench.load;

import java.util.Map;

/**
 * What the callers saw.
 *
 * @param requests all that were sent, also while nothing was counted: what CPU is divided by
 * @param seconds for which was counted
 * @param answered within that time
 * @param failures by kind, over the whole time; a stream that lacks a chunk is one
 * @param answers until the whole answer was there
 * @param firstChunks until a stream's first chunk was there
 * @param chunkDelays from the upstream's sending a chunk to our having it
 */
public record Seen(
    long requests,
    double seconds,
    long answered,
    long chunks,
    Map<String, Long> failures,
    Quantiles answers,
    Quantiles firstChunks,
    Quantiles chunkDelays) {
  public long failed() {
    return failures.values().stream().mapToLong(Long::longValue).sum();
  }
}
