package dev.flotilla.provider.bucket;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param period time in which an empty bucket becomes full; a minute outside of tests
 * @param replicas how many instances share what is granted while Redis is away, at least 1
 * @param believeHeaders whether what providers say of their limits holds
 */
public record BucketConfig(Duration period, int replicas, boolean believeHeaders) {
  public BucketConfig {
    if (period.toMillis() < 100) {
      throw new ConfigurationException(
          "flotilla.buckets.period is "
              + period
              + "; write PT1M, as rates are per minute, or PT0.1S and more for tests");
    }
  }

  public static BucketConfig from(Settings settings) {
    return new BucketConfig(
        settings.duration("flotilla.buckets.period"),
        (int) settings.number("flotilla.buckets.replicas", 1, 10_000),
        settings.flag("flotilla.buckets.believe-headers"));
  }
}
