package dev.flotilla.cost.request;

import dev.flotilla.catalog.Money;
import dev.flotilla.contracts.decision.DecisionSignal;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happened to one request. Without a decision, which may still be on its way, everything that
 * only the router knows is null.
 *
 * @param at when the request came in; without a decision, when its first attempt began
 * @param decisionArrived whether the router's decision is here yet
 * @param signals what each signal said; empty when one alone decided
 * @param model who answered; null when nobody did or the decision is missing
 * @param usage what the answer consumed when it was given, also for one from the cache
 * @param attempts oldest first; empty for an answer from the cache
 */
record RequestStory(
    String object,
    String requestId,
    Instant at,
    String team,
    String key,
    @Nullable String project,
    boolean decisionArrived,
    @Nullable String taskType,
    @Nullable Double confidence,
    @Nullable String decidedBy,
    List<String> matchedRules,
    List<DecisionSignal> signals,
    @Nullable String cache,
    @Nullable String model,
    boolean simulated,
    @Nullable Long fallbackCount,
    @Nullable String fallbackReason,
    @Nullable String outcome,
    @Nullable Long status,
    @Nullable Boolean stream,
    @Nullable Long overheadMs,
    @Nullable Long durationMs,
    @Nullable String traceId,
    @Nullable String baselineModel,
    Map<String, @Nullable Long> usage,
    List<Attempt> attempts,
    Cost cost) {

  /**
   * One call upstream.
   *
   * @param state {@code unknown settled estimated void}
   * @param durationMs null while it has not ended
   * @param costUsd null while nobody knows, which is not zero; then the truth lies between floor
   *     and ceiling
   */
  record Attempt(
      String attemptId,
      String provider,
      String model,
      @Nullable String servedModel,
      String origin,
      String state,
      @Nullable String outcome,
      @Nullable String finishReason,
      Instant startedAt,
      @Nullable Long durationMs,
      Map<String, @Nullable Long> usage,
      @Nullable BigDecimal costUsd,
      @Nullable Long costNanos,
      long floorNanos,
      long ceilingNanos,
      String priceVersion,
      String priceCheck) {}

  /**
   * What is known to have been spent on it.
   *
   * @param unknownAttempts attempts nobody knows the outcome of; not in the amount
   */
  record Cost(BigDecimal usd, long nanos, long unknownAttempts) {
    static Cost of(List<Attempt> attempts) {
      long nanos = 0;
      long unknown = 0;
      for (Attempt attempt : attempts) {
        if (attempt.costNanos() != null) {
          nanos = Math.addExact(nanos, attempt.costNanos());
        } else if (attempt.state().equals("unknown")) {
          unknown++;
        }
      }
      return new Cost(Money.usd(nanos), nanos, unknown);
    }
  }
}
