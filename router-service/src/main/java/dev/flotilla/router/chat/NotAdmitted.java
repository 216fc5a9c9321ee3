package dev.flotilla.router.chat;

import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.router.admission.Verdict;
import dev.flotilla.router.door.Overload;
import dev.flotilla.router.exchange.ChatRequest;
import java.util.List;

/** What to say to a request that its key's limits do not let in. */
final class NotAdmitted {
  private static final RouteFacts NOBODY_LOOKED =
      RouteFacts.nobodyAsked(RouteFacts.CacheResult.BYPASS);

  private NotAdmitted() {}

  static Reply.Refused yet(Verdict.TooSoon tooSoon, Caller caller) {
    String what = tooSoon.scope().word();
    long wait = tooSoon.retryAfter().toMillis();
    var error =
        new ApiError(
            429,
            what,
            "rate_limit_exceeded",
            "The key %s has used up its %s per minute; there is room again in %d ms."
                .formatted(caller.key(), what, wait),
            null,
            "router");
    return new Reply.Refused(error, NOBODY_LOOKED, wait, true, List.of());
  }

  /** There is no room for it, here or at the service that calls providers. */
  static Reply.Refused overloaded(RouteFacts facts) {
    return new Reply.Refused(
        Overload.ERROR, facts, Overload.COME_AGAIN.toMillis(), true, List.of());
  }

  static Reply.Refused ever(Verdict.NeverFits never, Caller caller, ChatRequest request) {
    String remedy =
        request.embeds() ? "send fewer inputs at once" : "lower max_tokens or shorten the question";
    return Reply.Refused.of(
        ApiError.invalid(
            "request_exceeds_token_limit",
            "This request may take %d tokens, and the key %s has %d a minute; %s."
                .formatted(never.estimatedTokens(), caller.key(), never.tokenLimit(), remedy),
            request.embeds() ? "input" : "max_tokens"),
        NOBODY_LOOKED);
  }
}
