package dev.flotilla.contracts.decision;

/** The words of {@link Decision#outcome()}, the same as the router's metrics say. */
public final class DecisionOutcome {
  /** The caller got a whole answer. */
  public static final String SUCCESS = "success";

  /** The caller wanted the last whole answer though it did not pass its validators, and got it. */
  public static final String BEST_EFFORT = "best_effort";

  /** The request was wrong, not allowed or too much, or its caller left before the end. */
  public static final String CLIENT_ERROR = "client_error";

  /** Nobody answered, or the answer broke off. */
  public static final String SERVER_ERROR = "server_error";

  private DecisionOutcome() {}
}
