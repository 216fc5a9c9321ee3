package dev.flotilla.router.idempotency;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param secret keys the HMACs of places and requests, and seals replies; never printed
 * @param keep how long a reply is kept, at least a second
 * @param longestReply bytes of a reply's body; a longer one is not kept
 * @param longestFlight how long at most a request that nobody finishes keeps others from asking
 */
public record IdempotencyConfig(
    String secret, Duration keep, int longestReply, Duration longestFlight) {
  public IdempotencyConfig {
    if (keep.toSeconds() < 1) {
      throw new ConfigurationException(
          "flotilla.idempotency.keep is "
              + keep
              + "; write how long a reply is given again, such as PT24H, and PT1S at least");
    }
  }

  public static IdempotencyConfig from(Settings settings) {
    return new IdempotencyConfig(
        settings.secret("flotilla.cache.secret"),
        settings.duration("flotilla.idempotency.keep"),
        Math.toIntExact(
            settings.number("flotilla.idempotency.longest-reply-bytes", 1_000, 100_000_000)),
        settings.duration("flotilla.chat.longest-deadline"));
  }

  @Override
  public String toString() {
    return "IdempotencyConfig[keep=" + keep + ", longestReply=" + longestReply + "]";
  }
}
