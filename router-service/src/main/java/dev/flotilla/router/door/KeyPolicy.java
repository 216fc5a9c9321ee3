package dev.flotilla.router.door;

import dev.flotilla.router.exchange.Hints;
import org.jspecify.annotations.Nullable;

/**
 * What a key's entry in the key file says beside whose it is.
 *
 * @param requestsPerMinute null is no limit
 * @param tokensPerMinute null is no limit
 * @param onlyProject whether it may spend for its own project alone
 * @param hints for every request of this key that says nothing else itself
 */
public record KeyPolicy(
    @Nullable Long requestsPerMinute,
    @Nullable Long tokensPerMinute,
    boolean onlyProject,
    Hints hints) {
  /** No limit and no hint. */
  public static final KeyPolicy NONE = new KeyPolicy(null, null, false, Hints.NONE);
}
