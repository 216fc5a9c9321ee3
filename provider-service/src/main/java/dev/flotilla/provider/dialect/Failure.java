package dev.flotilla.provider.dialect;

import dev.flotilla.contracts.ledger.AttemptUsage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The ways in which a provider does not answer; one per class of the fault table. */
public sealed interface Failure extends CallOutcome {
  /** No connection, so nothing was sent and nothing can be charged. */
  record Unreachable(String reason) implements Failure {}

  /**
   * Nothing was sent and nothing can be charged: whoever listens at the provider's address could
   * not show that it is the provider. Ours or the provider's to mend; the next try meets the same
   * one.
   */
  record Distrusted() implements Failure {}

  /**
   * The provider says that the request itself is wrong.
   *
   * @param code the provider's word; {@code rejected} when it gave none
   * @param message safe to show
   */
  record Rejected(int status, String code, String message) implements Failure {}

  /** Our key or account is refused, or the provider does not know the model: ours to mend. */
  record Barred(int status) implements Failure {}

  /** Too many requests; worth trying again after {@code retryAfter}, null when it did not say. */
  record Throttled(int status, @Nullable Duration retryAfter) implements Failure {}

  /** The provider refused before working, for want of capacity. */
  record Overloaded(int status, @Nullable Duration retryAfter) implements Failure {}

  /** The provider failed; it may have done the work and may charge for it. */
  record ServerError(int status) implements Failure {}

  /** The request was sent and no answer came in time. */
  record TimedOut() implements Failure {}

  /** The request was sent and the connection ended before the answer did. */
  record Lost() implements Failure {}

  /**
   * The provider gave up in the middle of an answer and says so; it may charge for what is there.
   *
   * @param usage what it says it charged; null when it did not say
   */
  record CutShort(int status, @Nullable AttemptUsage usage) implements Failure {}

  /**
   * Success, said the provider, but what came is no answer.
   *
   * @param usage what it says it charged; null when it did not say
   */
  record BadAnswer(int status, @Nullable AttemptUsage usage) implements Failure {}
}
