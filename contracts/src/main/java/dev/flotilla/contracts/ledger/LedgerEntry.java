package dev.flotilla.contracts.ledger;

import jakarta.json.bind.annotation.JsonbProperty;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to get an answer from a model provider: who asked, what was used, what it cost.
 *
 * <p>Every call upstream is an attempt of its own, so retries and fallbacks are several entries.
 * The only change an entry may go through is from {@code unknown} to another state.
 *
 * @param attemptId UUIDv7, unique per upstream call; the ledger drops a second record with the same
 *     id
 * @param state one of {@link EntryState}
 * @param requestId the caller's request, shared by all its attempts
 * @param origin {@code chat pipeline batch review classifier sample shadow}
 * @param key id of the API key, never the key
 * @param provider who was called, e.g. {@code deepseek}
 * @param model catalogue id, e.g. {@code deepseek/deepseek-chat}
 * @param servedModel what the provider says it served; null when it did not say
 * @param priceVersion hash of the catalogue that priced this attempt, fixed at its start
 * @param simulated answered by the simulator; left out of totals unless asked for
 * @param outcome how the attempt ended, one of {@link dev.flotilla.contracts.call.Outcomes}; null
 *     while unknown
 * @param upstreamId the provider's id of its answer
 * @param estimated whether tokens were counted by us instead of the provider
 * @param costNanos nano-dollars; null while nobody knows, which is not zero
 * @param floorNanos what was surely spent, nano-dollars
 * @param ceilingNanos what can at most have been spent, nano-dollars
 * @param tags the caller's tags; null or empty when there are none
 * @param traceparent W3C trace context of the attempt's span, so that the entry's arrival is part
 *     of the same trace; null without
 * @param lease the lease this attempt is paid from; null when no budget limits it, or when none
 *     could be had
 */
public record LedgerEntry(
    @JsonbProperty("attempt_id") String attemptId,
    String state,
    @JsonbProperty("request_id") String requestId,
    @JsonbProperty("run_id") @Nullable String runId,
    @Nullable String pipeline,
    @Nullable String step,
    String origin,
    String team,
    String key,
    @Nullable String project,
    @JsonbProperty("task_type") @Nullable String taskType,
    String provider,
    String model,
    @JsonbProperty("served_model") @Nullable String servedModel,
    @JsonbProperty("price_version") String priceVersion,
    boolean simulated,
    @JsonbProperty("started_at") Instant startedAt,
    @JsonbProperty("ended_at") @Nullable Instant endedAt,
    @Nullable String outcome,
    @JsonbProperty("finish_reason") @Nullable String finishReason,
    @JsonbProperty("upstream_id") @Nullable String upstreamId,
    boolean estimated,
    AttemptUsage usage,
    @JsonbProperty("cost_nanos") @Nullable Long costNanos,
    @JsonbProperty("floor_nanos") long floorNanos,
    @JsonbProperty("ceiling_nanos") long ceilingNanos,
    @Nullable Map<String, String> tags,
    @Nullable String traceparent,
    @Nullable String lease) {

  /** The same attempt, ended: everything that is known only afterwards. */
  public LedgerEntry ended(
      String newState,
      Instant at,
      String how,
      @Nullable String served,
      @Nullable String finish,
      @Nullable String upstream,
      AttemptUsage used,
      @Nullable Long nanos) {
    return with(
        newState,
        served,
        at,
        how,
        finish,
        upstream,
        newState.equals(EntryState.ESTIMATED),
        used,
        nanos,
        floorNanos,
        ceilingNanos,
        lease);
  }

  /** The same attempt, still running: what the provider has said and surely charges by now. */
  public LedgerEntry running(
      @Nullable String served, @Nullable String upstream, long surelySpentNanos) {
    return with(
        state,
        served,
        endedAt,
        outcome,
        finishReason,
        upstream,
        estimated,
        usage,
        costNanos,
        surelySpentNanos,
        ceilingNanos,
        lease);
  }

  /** The same attempt, about which more is known: it cannot cost more than this. */
  public LedgerEntry costingAtMost(long nanos) {
    return with(
        state,
        servedModel,
        endedAt,
        outcome,
        finishReason,
        upstreamId,
        estimated,
        usage,
        costNanos,
        floorNanos,
        nanos,
        lease);
  }

  /** The same attempt, paid from a lease. */
  public LedgerEntry under(@Nullable String leaseId) {
    return with(
        state,
        servedModel,
        endedAt,
        outcome,
        finishReason,
        upstreamId,
        estimated,
        usage,
        costNanos,
        floorNanos,
        ceilingNanos,
        leaseId);
  }

  /** The same attempt: what may change in its life is given, what it is and who pays stays. */
  private LedgerEntry with(
      String newState,
      @Nullable String served,
      @Nullable Instant at,
      @Nullable String how,
      @Nullable String finish,
      @Nullable String upstream,
      boolean onlyEstimated,
      AttemptUsage used,
      @Nullable Long nanos,
      long atLeastNanos,
      long atMostNanos,
      @Nullable String leaseId) {
    return new LedgerEntry(
        attemptId,
        newState,
        requestId,
        runId,
        pipeline,
        step,
        origin,
        team,
        key,
        project,
        taskType,
        provider,
        model,
        served,
        priceVersion,
        simulated,
        startedAt,
        at,
        how,
        finish,
        upstream,
        onlyEstimated,
        used,
        nanos,
        atLeastNanos,
        atMostNanos,
        tags,
        traceparent,
        leaseId);
  }
}
