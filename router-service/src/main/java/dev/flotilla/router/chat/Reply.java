package dev.flotilla.router.chat;

import dev.flotilla.kit.http.ApiError;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.upstream.AnswerStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a caller gets. */
sealed interface Reply {
  RouteFacts facts();

  /** A whole answer, fresh or from the cache. */
  record Whole(Completion completion, RouteFacts facts) implements Reply {}

  /**
   * An answer that is still being written.
   *
   * @param keep takes the whole answer when the stream has ended well
   */
  record Flowing(AnswerStream stream, RouteFacts facts, Consumer<Completion> keep)
      implements Reply {}

  /**
   * No answer.
   *
   * @param retryAfterMillis when asking again makes sense; null when it never does
   * @param worthRetrying whether a client should try again by itself
   */
  record Refused(
      ApiError error, RouteFacts facts, @Nullable Long retryAfterMillis, boolean worthRetrying)
      implements Reply {}
}
