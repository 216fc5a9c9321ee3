package dev.flotilla.kit.log;

/**
 * The ids that tie a log line to a request.
 *
 * @param requestId the caller's request
 * @param traceId 32 hex digits
 */
public record Correlation(String requestId, String traceId) {
  /** Bound while a request is being answered; every log line written below it carries these ids. */
  public static final ScopedValue<Correlation> CURRENT = ScopedValue.newInstance();
}
