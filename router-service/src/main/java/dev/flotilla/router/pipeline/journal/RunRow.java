package dev.flotilla.router.pipeline.journal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run as it is shown. JSON is text.
 *
 * @param status {@code queued in_progress waiting cancelling completed failed cancelled expired}
 * @param waitingFor what a waiting run waits for; null when it waits for a moment only
 * @param costNanos of all calls whose cost is known
 * @param unpriced calls whose cost nobody knows
 */
public record RunRow(
    String id,
    String team,
    String pipeline,
    String version,
    String definitions,
    String requestId,
    String traceparent,
    String input,
    String metadata,
    @Nullable Long maxCostNanos,
    String status,
    @Nullable String waitingFor,
    @Nullable String output,
    @Nullable String error,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    long costNanos,
    int unpriced,
    long promptTokens,
    long completionTokens) {
  public boolean ended() {
    return endedAt != null;
  }
}
