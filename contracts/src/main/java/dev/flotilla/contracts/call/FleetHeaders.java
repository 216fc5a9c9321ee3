package dev.flotilla.contracts.call;

/**
 * Header names. Those that begin with {@code x-flotilla-} are trusted only beside the service
 * token; the others are shown to callers.
 */
public final class FleetHeaders {
  public static final String TEAM = "x-flotilla-team";
  public static final String KEY = "x-flotilla-key";
  public static final String PROJECT = "x-flotilla-project";
  public static final String ROLES = "x-flotilla-roles";

  /**
   * Comma-separated patterns of the models this caller may use; {@code *} stands for any run of
   * characters.
   */
  public static final String MODELS = "x-flotilla-models";

  public static final String ORIGIN = "x-flotilla-origin";
  public static final String TASK_TYPE = "x-flotilla-task-type";
  public static final String PIPELINE = "x-flotilla-pipeline";
  public static final String RUN = "x-flotilla-run";
  public static final String STEP = "x-flotilla-step";
  public static final String CANDIDATE = "x-flotilla-candidate";

  /** Unix milliseconds; nobody below invents a later one. */
  public static final String DEADLINE = "x-flotilla-deadline";

  public static final String MAX_COST_NANOS = "x-flotilla-max-cost-nanos";

  /**
   * {@link #CHEAPEST} beside a call to a model of the cheapest tier, for which a budget that
   * downgrades has more.
   */
  public static final String TIER = "x-flotilla-tier";

  public static final String CHEAPEST = "cheapest";

  /**
   * Key of a call that must not be paid twice, such as a pipeline's step; scoped by team. A second
   * call with it gets the first one's answer.
   */
  public static final String IDEMPOTENCY = "x-flotilla-idempotency";

  /** Base64url of a JSON object of strings, at most 2 KB. */
  public static final String TAGS = "x-flotilla-tags";

  /** JSON array of {@link AttemptReport}. */
  public static final String ATTEMPTS = "x-flotilla-attempts";

  /** How the stream's comment line that carries the attempts begins. */
  public static final String ATTEMPTS_COMMENT = ": flotilla ";

  public static final String REQUEST_ID = "x-request-id";
  public static final String TRACEPARENT = "traceparent";
  public static final String MODEL_USED = "x-model-used";
  public static final String PROVIDER = "x-provider";
  public static final String ROUTED_TASK_TYPE = "x-task-type";
  public static final String TASK_CONFIDENCE = "x-task-confidence";
  public static final String ROUTED_BY = "x-routed-by";
  public static final String CACHE = "x-cache";
  public static final String COST_USD = "x-cost-usd";
  public static final String SAVED_USD = "x-saved-usd";
  public static final String FALLBACK_COUNT = "x-fallback-count";
  public static final String FALLBACK_REASON = "x-fallback-reason";
  public static final String RETRY_COUNT = "x-retry-count";
  public static final String OVERHEAD_MS = "x-overhead-ms";
  public static final String SIMULATED = "x-simulated";
  public static final String SHOULD_RETRY = "x-should-retry";
  public static final String TIMEOUT_MS = "x-timeout-ms";
  public static final String FALLBACKS = "x-fallbacks";
  public static final String QUALITY_THRESHOLD = "x-quality-threshold";

  /** {@code last} or {@code none}: what is given when no answer passes its validators. */
  public static final String BEST_EFFORT = "x-best-effort";

  /** {@link #FAILED} beside an answer that did not pass its validators; otherwise not there. */
  public static final String VALIDATION = "x-validation";

  public static final String FAILED = "failed";

  /** USD as a decimal: the most that all attempts of a request together may cost. */
  public static final String MAX_COST_USD = "x-max-cost-usd";

  /** Pairs such as {@code feature=search,customer=acme}, for the ledger. */
  public static final String PUBLIC_TAGS = "x-tags";

  public static final String DRY_RUN = "x-dry-run";

  /** A caller's own name for a request that must not be answered, and paid, twice. */
  public static final String IDEMPOTENCY_KEY = "idempotency-key";

  /** {@code true} beside a reply that was given before to the same idempotency-key. */
  public static final String IDEMPOTENCY_REPLAYED = "idempotency-replayed";

  /** {@code true} when nobody could look whether a request with an idempotency-key came before. */
  public static final String IDEMPOTENCY_UNAVAILABLE = "idempotency-unavailable";

  /** Beside a replayed reply: the id of the request that was really answered. */
  public static final String ORIGINAL_REQUEST_ID = "x-original-request-id";

  /**
   * Set to the attempt id towards a provider, when the configuration asks for it: tests count their
   * bill by it.
   */
  public static final String CLIENT_REQUEST_ID = "x-client-request-id";

  private FleetHeaders() {}
}
