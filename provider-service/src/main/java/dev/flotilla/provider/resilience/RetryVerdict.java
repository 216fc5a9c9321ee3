package dev.flotilla.provider.resilience;

import java.time.Duration;

/** What to do after an attempt that failed. */
public sealed interface RetryVerdict {
  /** Make another one after this wait. */
  record Again(Duration pause) implements RetryVerdict {}

  /** Leave it at that. */
  record Enough() implements RetryVerdict {}

  /** It would be made again, but all calls together have retried enough for now. */
  record BudgetSpent() implements RetryVerdict {}
}
