package dev.flotilla.router.pipeline.journal;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One try of a step as it is shown; see {@link Attempt} and {@link Ended} for what the fields hold.
 */
public record StepRow(
    String key,
    int number,
    String step,
    String kind,
    AttemptState state,
    @Nullable String requestId,
    @Nullable String promptHash,
    @Nullable String taskType,
    @Nullable String model,
    @Nullable String cache,
    @Nullable Integer fallbackCount,
    @Nullable Long promptTokens,
    @Nullable Long completionTokens,
    @Nullable Long cachedTokens,
    @Nullable Long reasoningTokens,
    @Nullable String output,
    @Nullable String error,
    Instant startedAt,
    @Nullable Instant endedAt,
    List<Call> calls) {
  public StepRow {
    calls = List.copyOf(calls);
  }

  /**
   * A call that was paid, or may have been.
   *
   * @param costNanos null when nobody knows
   */
  public record Call(
      String attemptId,
      String model,
      String outcome,
      @Nullable Integer status,
      long ms,
      @Nullable Long costNanos) {}

  /** What its calls cost, as far as anybody knows, nano-dollars. */
  public long costNanos() {
    return calls.stream().mapToLong(call -> call.costNanos() == null ? 0 : call.costNanos()).sum();
  }
}
