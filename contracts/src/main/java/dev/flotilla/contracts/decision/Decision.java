package dev.flotilla.contracts.decision;

import dev.flotilla.contracts.ledger.AttemptUsage;
import jakarta.json.bind.annotation.JsonbProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the router came to its answer to one request. Money is not in here: what was paid is in the
 * ledger's attempts, which share the request id.
 *
 * @param requestId the caller's request; the first decision per team and request id counts
 * @param at when the request came in
 * @param key id of the API key, never the key
 * @param origin {@code chat pipeline batch review}
 * @param taskType what the request was taken for; null when the caller named its models
 * @param confidence 0 to 1; null without a task type
 * @param decidedBy {@code hint rules classifier llm default}
 * @param matchedRules names of the rules that fired, the deciding one first
 * @param cache {@code hit miss refresh bypass disabled}
 * @param model catalogue id of the model that gave the answer, also of a cached one; null when
 *     nobody did
 * @param simulated answered, or tried, by the simulator
 * @param fallbackCount candidates that failed before the last one that was asked
 * @param fallbackReason why the first of them failed, one of {@link
 *     dev.flotilla.contracts.call.Outcomes}; null without
 * @param outcome one of {@link DecisionOutcome}
 * @param status HTTP status the caller saw; a stream that broke off had begun with 200
 * @param overheadMs time the router itself took
 * @param durationMs from the request's arrival to the answer's last byte
 * @param traceId null when the request was not traced
 * @param tags the caller's tags; null or empty when there are none, or too many to carry along
 * @param baselineModel catalogue id of the model that would have been asked without routing; null
 *     when none is configured
 * @param priceVersion hash of the catalogue the router decided with
 * @param usage what the answer consumed when it was given, also for one from the cache; empty for a
 *     stream, whose tokens the ledger's attempt has
 * @param signals what each signal said; null or empty when one alone decided
 * @param hops candidates that failed before, in the order they were asked; null or empty when none
 *     did
 */
public record Decision(
    @JsonbProperty("request_id") String requestId,
    Instant at,
    String team,
    String key,
    @Nullable String project,
    String origin,
    @JsonbProperty("task_type") @Nullable String taskType,
    @Nullable Double confidence,
    @JsonbProperty("decided_by") String decidedBy,
    @JsonbProperty("matched_rules") List<String> matchedRules,
    String cache,
    @Nullable String model,
    boolean simulated,
    @JsonbProperty("fallback_count") int fallbackCount,
    @JsonbProperty("fallback_reason") @Nullable String fallbackReason,
    String outcome,
    int status,
    boolean stream,
    @JsonbProperty("overhead_ms") long overheadMs,
    @JsonbProperty("duration_ms") long durationMs,
    @JsonbProperty("trace_id") @Nullable String traceId,
    @Nullable Map<String, String> tags,
    @JsonbProperty("baseline_model") @Nullable String baselineModel,
    @JsonbProperty("price_version") String priceVersion,
    AttemptUsage usage,
    @Nullable List<DecisionSignal> signals,
    @Nullable List<DecisionHop> hops) {}
