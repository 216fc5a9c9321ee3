package dev.flotilla.router.cache;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param secret keys the HMAC of cache keys; never printed
 * @param keep how long an answer is kept, at least a second
 */
public record AnswerCacheConfig(boolean enabled, String secret, Duration keep) {
  public AnswerCacheConfig {
    if (keep.toSeconds() < 1) {
      throw new ConfigurationException(
          "flotilla.cache.keep is "
              + keep
              + "; write PT1S or more, or set flotilla.cache.enabled to false");
    }
  }

  public static AnswerCacheConfig from(Settings settings) {
    return new AnswerCacheConfig(
        settings.flag("flotilla.cache.enabled"),
        settings.secret("flotilla.cache.secret"),
        settings.duration("flotilla.cache.keep"));
  }

  @Override
  public String toString() {
    return "AnswerCacheConfig[enabled=" + enabled + ", keep=" + keep + "]";
  }
}
