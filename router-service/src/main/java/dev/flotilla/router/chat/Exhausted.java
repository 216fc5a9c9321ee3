package dev.flotilla.router.chat;

import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.router.fallback.FallbackOutcome;
import dev.flotilla.router.upstream.CallOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What to say when no candidate answered: whose fault it was, and when asking again makes sense.
 */
final class Exhausted {
  /**
   * A second is long enough for a client not to hammer, and short enough not to be noticed by a
   * person.
   */
  private static final long DEFAULT_RETRY_MILLIS = 1_000;

  private Exhausted() {}

  static Reply.Refused reply(
      FallbackOutcome outcome, CallOutcome.Failed last, boolean deadlinePassed, RouteFacts facts) {
    var failures = new ArrayList<CallOutcome.Failed>();
    outcome.hops().forEach(hop -> failures.add(hop.failure()));
    failures.add(last);
    String told =
        String.join(
            "; ", failures.stream().map(f -> f.message() + " (" + f.reason() + ")").toList());
    if (failures.stream().allMatch(f -> f.reason().equals(Outcomes.RATE_LIMITED))) {
      var error =
          new ApiError(
              429,
              "requests",
              "rate_limit_exceeded",
              "Every candidate is throttled: " + told,
              null,
              "provider");
      return new Reply.Refused(error, facts, shortestWait(failures), true);
    }
    if (deadlinePassed) {
      var error =
          new ApiError(
              504,
              "timeout",
              "deadline_exceeded",
              "The deadline passed before an answer came: " + told,
              null,
              "provider");
      return new Reply.Refused(error, facts, null, false);
    }
    var error =
        new ApiError(
            503,
            "upstream_error",
            "all_providers_failed",
            (failures.size() == 1
                    ? "The only candidate failed: "
                    : "All " + failures.size() + " candidates failed: ")
                + told,
            null,
            "provider");
    return new Reply.Refused(error, facts, DEFAULT_RETRY_MILLIS, false);
  }

  private static long shortestWait(List<CallOutcome.Failed> failures) {
    return failures.stream()
        .map(CallOutcome.Failed::retryAfterMillis)
        .filter(Objects::nonNull)
        .mapToLong(Long::longValue)
        .min()
        .orElse(DEFAULT_RETRY_MILLIS);
  }
}
