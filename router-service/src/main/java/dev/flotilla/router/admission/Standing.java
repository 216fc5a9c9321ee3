package dev.flotilla.router.admission;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How a key stands with its limits after a decision. While Redis is away, what remains is what
 * remains of this router's share.
 *
 * @param requests null when requests are not limited
 * @param tokens null when tokens are not limited
 */
public record Standing(@Nullable Quota requests, @Nullable Quota tokens) {
  static final Standing UNLIMITED = new Standing(null, null);

  /** The {@code x-ratelimit-…} headers: name, value. None for what is not limited. */
  public void headers(BiConsumer<String, String> header) {
    headers(Scope.REQUESTS, requests, header);
    headers(Scope.TOKENS, tokens, header);
  }

  private static void headers(
      Scope scope, @Nullable Quota quota, BiConsumer<String, String> header) {
    if (quota != null) {
      header.accept("x-ratelimit-limit-" + scope.word(), Long.toString(quota.limit()));
      header.accept("x-ratelimit-remaining-" + scope.word(), Long.toString(quota.remaining()));
      header.accept("x-ratelimit-reset-" + scope.word(), quota.resetText());
    }
  }
}
