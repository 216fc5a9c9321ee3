package dev.flotilla.provider.completion;

import dev.flotilla.provider.dialect.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of one way to a provider. */
sealed interface Try {
  /** There is an answer, or the beginning of one: nothing is repeated from here on. */
  record Answered(Reply reply) implements Try {}

  /** Something of ours stood in the way: nothing was written down or sent. */
  record NotMade(Reply.Refusal refusal) implements Try {}

  /**
   * The provider did not answer.
   *
   * @param refusal what the caller gets if it is left at that; it has the reports of all attempts
   * @param shouldRetry whether the provider wants the request again; null when it did not say
   * @param took how long this attempt took
   */
  record Failed(
      Failure failure, Reply.Refusal refusal, @Nullable Boolean shouldRetry, Duration took)
      implements Try {}
}
