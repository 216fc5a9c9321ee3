package dev.flotilla.provider.completion;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.kit.http.ApiError;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the caller gets. Everything in it is written down already, except the end of a stream. */
public sealed interface Reply {
  /** The whole answer; its {@code model} is the catalogue's id. */
  record Answer(ObjectNode body, boolean simulated, List<AttemptReport> attempts)
      implements Reply {}

  /** The answer that an earlier call with the same key got; nothing was spent now. */
  record Replayed(Answer answer) implements Reply {}

  /** A stream to be relayed. */
  record Stream(StreamRelay relay, boolean simulated) implements Reply {}

  /**
   * No answer.
   *
   * @param outcome one of {@link dev.flotilla.contracts.call.Outcomes}
   * @param retryAfter null when nobody knows
   * @param sent whether a byte of the request reached the provider
   */
  record Refusal(
      ApiError error,
      String outcome,
      @Nullable Duration retryAfter,
      boolean sent,
      boolean simulated,
      List<AttemptReport> attempts)
      implements Reply {

    /** The most that its attempts can have cost together, nano-dollars. */
    long mostNanos() {
      return AttemptReport.mostNanos(attempts);
    }

    /** Refused here, before anything was sent. */
    static Refusal here(ApiError error, String outcome, @Nullable Duration retryAfter) {
      return new Refusal(error, outcome, retryAfter, false, false, List.of());
    }
  }
}
