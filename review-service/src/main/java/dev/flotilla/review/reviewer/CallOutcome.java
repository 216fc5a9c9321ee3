package dev.flotilla.review.reviewer;

/** How one call to a model ended. Each case is something a seat of the panel treats differently. */
sealed interface CallOutcome {
  /** On all attempts of this call, retries included. */
  Spending spending();

  /** The model said something; whether it is an opinion is not known yet. */
  record Answered(String text, Spending spending) implements CallOutcome {}

  /**
   * No answer, and another model may do better.
   *
   * @param reason one of {@link dev.flotilla.contracts.call.Outcomes}
   * @param message what happened, safe to show
   */
  record Failed(String reason, String message, Spending spending) implements CallOutcome {}

  /** The deadline came first; only the ledger knows what was spent until then. */
  record Late() implements CallOutcome {
    @Override
    public Spending spending() {
      return Spending.UNKNOWN;
    }
  }
}
