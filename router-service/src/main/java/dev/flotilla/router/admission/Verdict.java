package dev.flotilla.router.admission;

import java.time.Duration;

/** What a key's limits say to one request. */
public sealed interface Verdict {
  /**
   * It may go on.
   *
   * @param reservation to be settled when it is known what the request used, however it ended
   */
  record Admitted(Reservation reservation, Standing standing) implements Verdict {}

  /**
   * Not now; nothing was counted.
   *
   * @param scope the limit that is used up; the one that takes longer when both are
   * @param retryAfter at least a millisecond: until the request would fit if nobody else came, or
   *     until requests on their way have probably used fewer tokens than reserved for them, if that
   *     is enough
   */
  record TooSoon(Scope scope, Duration retryAfter, Standing standing) implements Verdict {}

  /**
   * Never: by its own estimate the request needs more tokens than the limit, so asking again is of
   * no use; nothing was counted.
   */
  record NeverFits(long estimatedTokens, long tokenLimit) implements Verdict {}
}
