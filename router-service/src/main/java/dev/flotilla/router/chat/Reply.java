package dev.flotilla.router.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.upstream.AnswerStream;
import dev.flotilla.router.validation.BrokenRule;
import dev.flotilla.router.validation.Judgement;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a caller gets. */
sealed interface Reply {
  RouteFacts facts();

  /** A whole answer, fresh or from the cache; of a flawed one the facts say what is wrong. */
  record Whole(Completion completion, RouteFacts facts) implements Reply {}

  /**
   * An answer that is still being written.
   *
   * @param end judges the whole answer when the stream has ended well, and keeps a good one
   */
  record Flowing(AnswerStream stream, RouteFacts facts, Function<Completion, Judgement> end)
      implements Reply {}

  /**
   * No answer.
   *
   * @param retryAfterMillis when asking again makes sense; null when it never does
   * @param worthRetrying whether a client should try again by itself
   * @param broken what was wrong with the last candidate's answer; empty when it gave none
   * @param decision that a person was asked for instead; null when nobody was
   */
  record Refused(
      ApiError error,
      RouteFacts facts,
      @Nullable Long retryAfterMillis,
      boolean worthRetrying,
      List<BrokenRule> broken,
      @Nullable ObjectNode decision)
      implements Reply {
    Refused(
        ApiError error,
        RouteFacts facts,
        @Nullable Long retryAfterMillis,
        boolean worthRetrying,
        List<BrokenRule> broken) {
      this(error, facts, retryAfterMillis, worthRetrying, broken, null);
    }

    /** The request cannot be answered as it is. */
    static Refused of(ApiError error, RouteFacts facts) {
      return new Refused(error, facts, null, false, List.of());
    }
  }
}
