package dev.flotilla.provider.bucket;

import org.jspecify.annotations.Nullable;

/**
 * What is left of a provider's limits, as far as this instance knows.
 *
 * @param requests null when nobody limits them, or nothing is known
 * @param tokens null when nobody limits them, or nothing is known
 * @param announced whether the provider said so itself, of all that are sent with a key; else it is
 *     this instance's share of what the catalogue grants
 */
public record Remaining(@Nullable Long requests, @Nullable Long tokens, boolean announced) {
  public static final Remaining UNKNOWN = new Remaining(null, null, false);

  /** Of two ways together: another key has limits of its own. */
  public Remaining and(Remaining other) {
    return new Remaining(
        sum(requests, other.requests), sum(tokens, other.tokens), announced || other.announced);
  }

  private static @Nullable Long sum(@Nullable Long a, @Nullable Long b) {
    return a == null ? b : b == null ? a : Long.valueOf(Math.addExact(a, b));
  }
}
