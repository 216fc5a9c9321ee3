package dev.flotilla.contracts.telemetry;

/**
 * Span and attribute names. Those that begin with {@code gen_ai.} are OpenTelemetry's GenAI
 * semantic conventions; the others are ours.
 */
public final class SpanNames {
  public static final String CACHE = "cache";
  public static final String FLIGHT = "flight";
  public static final String CLASSIFY = "classify";
  public static final String CANDIDATE = "candidate";
  public static final String SETTLE = "ledger settle";

  public static final String OPERATION = "gen_ai.operation.name";
  public static final String PROVIDER_NAME = "gen_ai.provider.name";
  public static final String REQUEST_MODEL = "gen_ai.request.model";
  public static final String RESPONSE_MODEL = "gen_ai.response.model";
  public static final String RESPONSE_ID = "gen_ai.response.id";
  public static final String FINISH_REASONS = "gen_ai.response.finish_reasons";
  public static final String INPUT_TOKENS = "gen_ai.usage.input_tokens";
  public static final String OUTPUT_TOKENS = "gen_ai.usage.output_tokens";
  public static final String CACHE_READ_TOKENS = "gen_ai.usage.cache_read.input_tokens";
  public static final String REASONING_TOKENS = "gen_ai.usage.reasoning.output_tokens";
  public static final String ERROR_TYPE = "error.type";

  public static final String TASK_TYPE = "flotilla.task_type";
  public static final String FALLBACK_REASON = "flotilla.fallback.reason";
  public static final String COST_NANOS = "flotilla.cost.nanos";
  public static final String TEAM = "flotilla.team";
  public static final String RUN = "flotilla.run.id";
  public static final String STEP = "flotilla.step";
  public static final String ATTEMPT_ID = "flotilla.attempt.id";
  public static final String CACHE_RESULT = "flotilla.cache.result";

  private SpanNames() {}
}
