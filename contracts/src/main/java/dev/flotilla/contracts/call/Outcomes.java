package dev.flotilla.contracts.call;

import java.util.List;

/**
 * How an attempt ended and why the router went on: one closed list of words, the same in headers,
 * metrics, spans, ledger and {@code route.attempts}.
 */
public final class Outcomes {
  public static final String OK = "ok";
  public static final String CONNECT = "connect";
  public static final String TIMEOUT = "timeout";
  public static final String RATE_LIMITED = "rate_limited";
  public static final String OVERLOADED = "overloaded";
  public static final String SERVER_ERROR = "server_error";
  public static final String AUTH = "auth";
  public static final String CIRCUIT_OPEN = "circuit_open";
  public static final String TRUNCATED = "truncated";
  public static final String BUDGET = "budget";
  public static final String CONTEXT_LENGTH = "context_length";
  public static final String CONTENT_FILTER = "content_filter";
  public static final String INVALID_OUTPUT = "invalid_output";
  public static final String LOW_CONFIDENCE = "low_confidence";

  /** The request holds something that this model's provider has no words for; nothing was sent. */
  public static final String UNSUPPORTED = "unsupported";

  /**
   * The provider says the request itself is wrong; no other model will do better. Not a reason to
   * go on.
   */
  public static final String REJECTED = "rejected";

  /** A service of ours has no room for the call. Not a reason to go on. */
  public static final String SHED = "shed";

  /** The caller left before the end. Not a reason to go on. */
  public static final String ABANDONED = "abandoned";

  /** Why an answer needed another candidate for something a provider did. */
  public static final List<String> PROVIDER_REASONS =
      List.of(
          CONNECT, TIMEOUT, RATE_LIMITED, OVERLOADED, SERVER_ERROR, AUTH, CIRCUIT_OPEN, TRUNCATED);

  /** Why another candidate was asked although its provider is well: a healthy cascade does it. */
  public static final List<String> ESCALATIONS =
      List.of(BUDGET, CONTEXT_LENGTH, CONTENT_FILTER, INVALID_OUTPUT, LOW_CONFIDENCE, UNSUPPORTED);

  /**
   * Code, not outcome, of a refusal for {@link #BUDGET}: the budget has more for models of the
   * cheapest tier.
   */
  public static final String BUDGET_DOWNGRADE = "budget_downgrade";

  private Outcomes() {}
}
