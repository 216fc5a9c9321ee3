package dev.flotilla.contracts.telemetry;

/**
 * Metric names as registered. MicroProfile Metrics appends {@code _total} to counters on the way
 * out, so it is left out here.
 */
public final class MetricNames {
  public static final String ROUTER_REQUESTS = "llm_router_requests";
  public static final String ROUTER_FALLBACK_ANSWERS = "llm_router_fallback_answers";
  public static final String ROUTER_FALLBACK_HOPS = "llm_router_fallback_hops";
  public static final String ROUTER_ESCALATIONS = "llm_router_escalations";
  public static final String VALIDATION_FAILURES = "llm_validation_failures";
  public static final String ROUTER_OVERHEAD = "llm_router_overhead_seconds";
  public static final String ROUTER_REQUEST = "llm_router_request_seconds";
  public static final String BASELINE_COST_NANOUSD = "llm_baseline_cost_nanousd";
  public static final String BASELINE_ACTUAL_NANOUSD = "llm_baseline_actual_nanousd";
  public static final String ROUTER_INFLIGHT = "llm_router_inflight_requests";
  public static final String CACHE_REQUESTS = "llm_cache_requests";
  public static final String CLASSIFIER_DECISIONS = "llm_classifier_decisions";
  public static final String DECISIONS_DROPPED = "llm_decisions_dropped";
  public static final String RATE_LIMITED = "llm_rate_limited";
  public static final String IDEMPOTENCY_REQUESTS = "llm_idempotency_requests";
  public static final String AUTHENTICATION_FAILURES = "llm_router_authentication_failures";
  public static final String KEY_FILE_STALE = "llm_router_key_file_stale";
  public static final String KEYS_UNREAD = "llm_router_issued_keys_unread_seconds";
  public static final String TRAIL_WAITING = "llm_router_audit_events_waiting";
  public static final String CLIENT_RETRIES = "llm_client_retries";
  public static final String ROUTER_SHED = "llm_router_shed";
  public static final String ROUTER_LANE_INFLIGHT = "llm_router_lane_inflight_requests";
  public static final String PROVIDER_SHED = "llm_provider_shed";
  public static final String PROVIDER_INFLIGHT = "llm_provider_inflight_calls";
  public static final String PROVIDER_ATTEMPTS = "llm_provider_attempts";
  public static final String PROVIDER_TOKENS = "llm_provider_tokens";
  public static final String FIRST_CHUNK = "llm_provider_first_chunk_seconds";
  public static final String CIRCUIT_STATE = "llm_provider_circuit_state";
  public static final String CIRCUIT_REFUSALS = "llm_provider_circuit_refusals";
  public static final String RETRIES = "llm_provider_retries";
  public static final String RETRY_BUDGET_SPENT = "llm_provider_retry_budget_spent";
  public static final String MODEL_GONE = "llm_provider_model_gone";
  public static final String PROVIDER_ODDITIES = "llm_provider_oddities";
  public static final String KEYS_PARKED = "llm_provider_keys_parked";
  public static final String PROVIDER_THROTTLED = "llm_provider_throttled";
  public static final String REPLAYS = "llm_provider_replays";
  public static final String COST_NANOUSD = "llm_cost_nanousd";
  public static final String LEDGER_ENTRIES = "ledger_entries";
  public static final String LEDGER_OLDEST_UNSHIPPED = "ledger_oldest_unshipped_seconds";
  public static final String LEDGER_SPOOL_BYTES = "ledger_spool_bytes";
  public static final String LEDGER_SPOOL_LIMIT = "ledger_spool_limit_bytes";
  public static final String LEDGER_DEAD_LETTERS = "ledger_dead_letters";
  public static final String LEDGER_PRICE_MISMATCHES = "ledger_price_mismatches";
  public static final String LEDGER_AGED = "ledger_aged_attempts";
  public static final String LEDGER_RECONCILIATION_DIFFERENCE =
      "ledger_reconciliation_difference_usd";
  public static final String LEDGER_AUDITED = "ledger_audited_attempts";

  public static final String LEDGER_REJECTED = "ledger_rejected_entries";
  public static final String BUDGET_USED = "llm_budget_used_usd";
  public static final String BUDGET_LEASED = "llm_budget_leased_usd";
  public static final String BUDGET_LIMIT = "llm_budget_limit_usd";
  public static final String BUDGET_ALERT_LEVEL = "llm_budget_alert_level";
  public static final String BUDGET_REFUSALS = "llm_budget_refusals";
  public static final String BUDGET_OVERSHOOT = "llm_budget_overshoot_nanousd";
  public static final String BUDGET_OVERSPENT = "llm_budget_overspent_usd";
  public static final String LEASE_RENEWALS = "llm_budget_lease_renewals";
  public static final String CONFIG_LAST_RELOAD_SUCCESS = "config_last_reload_success";
  public static final String PIPELINE_RUNS = "pipeline_runs";
  public static final String PIPELINE_STEP = "pipeline_step_seconds";
  public static final String SHADOWS = "llm_router_shadows";
  public static final String REVIEW_DECISIONS = "review_decisions";
  public static final String REVIEW_QUEUE_OLDEST = "review_queue_oldest_seconds";

  private MetricNames() {}
}
