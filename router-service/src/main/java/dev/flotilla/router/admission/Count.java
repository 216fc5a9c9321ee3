package dev.flotilla.router.admission;

import java.time.Duration;
import java.util.List;

/**
 * What a window said to one request. Durations are milliseconds.
 *
 * @param slot where the request was counted
 * @param requests counted now
 * @param tokens counted now
 * @param requestsReset until no request is counted any more
 * @param tokensReset until no token is counted any more
 * @param requestsWait until one more request would fit; 0 when it does
 * @param tokensWait until the tokens would fit; 0 when they do
 */
record Count(
    boolean admitted,
    long slot,
    long requests,
    long tokens,
    long requestsReset,
    long tokensReset,
    long requestsWait,
    long tokensWait) {

  /** Reads what {@code admit.lua} returned. */
  static Count of(Object reply) {
    if (reply instanceof List<?> n && n.size() == 8) {
      return new Count(
          at(n, 0) == 1, at(n, 1), at(n, 2), at(n, 3), at(n, 4), at(n, 5), at(n, 6), at(n, 7));
    }
    throw new IllegalStateException("admit.lua returned " + reply);
  }

  Count withTokensWait(long millis) {
    return new Count(
        admitted, slot, requests, tokens, requestsReset, tokensReset, requestsWait, millis);
  }

  /** How the key stands, what may be used being {@code usable} of {@code limits}. */
  Standing standing(Limits limits, Limits usable) {
    return new Standing(
        limits.requests() == Limits.NONE
            ? null
            : quota(limits.requests(), usable.requests() - requests, requestsReset),
        limits.tokens() == Limits.NONE
            ? null
            : quota(limits.tokens(), usable.tokens() - tokens, tokensReset));
  }

  private static Quota quota(long limit, long remaining, long reset) {
    return new Quota(limit, Math.max(0, remaining), Duration.ofMillis(reset));
  }

  private static long at(List<?> numbers, int index) {
    return numbers.get(index) instanceof Long n ? n : 0;
  }
}
