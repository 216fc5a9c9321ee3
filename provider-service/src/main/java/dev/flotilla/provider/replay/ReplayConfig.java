package dev.flotilla.provider.replay;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param secret keys the HMACs of places, and seals answers; never printed
 * @param keep how long an answer is given again
 * @param longestAnswer bytes; a longer one is not kept, and a second call with its key pays again
 */
public record ReplayConfig(String secret, Duration keep, int longestAnswer) {
  public ReplayConfig {
    if (keep.toSeconds() < 1) {
      throw new ConfigurationException(
          "flotilla.replay.keep is " + keep + "; write PT15M, and PT1S at least");
    }
  }

  public static ReplayConfig from(Settings settings) {
    return new ReplayConfig(
        settings.secret("flotilla.service.token"),
        settings.duration("flotilla.replay.keep"),
        Math.toIntExact(
            settings.number("flotilla.replay.longest-answer-bytes", 1_000, 100_000_000)));
  }

  @Override
  public String toString() {
    return "ReplayConfig[keep=" + keep + ", longestAnswer=" + longestAnswer + "]";
  }
}
