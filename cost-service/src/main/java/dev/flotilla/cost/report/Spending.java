package dev.flotilla.cost.report;

/** What an attempt's money went into; the words are those of the query in {@link SavingsReport}. */
enum Spending {
  /** An answer whose model the router chose. */
  ROUTED,
  /** An answer of a model the caller named. */
  NAMED,
  /** Nothing to compare it with. */
  NOT_COMPARED,
  /** Billed, and no answer came of it. */
  FAILED,
  /** Billed for an answer that was not good enough, or could not be. */
  ESCALATION,
  CLASSIFIER,
  REVIEW,
  SHADOW,
  /** Nobody knows whether it was billed. */
  UNKNOWN
}
