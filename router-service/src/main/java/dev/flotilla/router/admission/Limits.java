package dev.flotilla.router.admission;

import dev.flotilla.router.door.KeyPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Limits of one key per window.
 *
 * @param requests {@link #NONE} when there is none
 * @param tokens {@link #NONE} when there is none
 */
record Limits(long requests, long tokens) {
  static final long NONE = -1;

  static Limits of(KeyPolicy policy) {
    return new Limits(orNone(policy.requestsPerMinute()), orNone(policy.tokensPerMinute()));
  }

  boolean none() {
    return requests == NONE && tokens == NONE;
  }

  boolean limitsTokens() {
    return tokens != NONE;
  }

  /** One of {@code replicas} equal shares; at least 1, for a key is never shut out altogether. */
  Limits share(int replicas) {
    return new Limits(share(requests, replicas), share(tokens, replicas));
  }

  private static long share(long limit, int replicas) {
    return limit == NONE ? NONE : Math.max(1, limit / replicas);
  }

  private static long orNone(@Nullable Long limit) {
    return limit == null ? NONE : limit;
  }
}
