package dev.flotilla.review.panel;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param usualDeadline for callers that give none
 * @param longestDeadline no review takes longer
 * @param maxArtifactChars longest artifact and longest task
 * @param keepArtifact how long an artifact rests beside its decision
 */
public record ReviewConfig(
    Duration usualDeadline, Duration longestDeadline, int maxArtifactChars, Duration keepArtifact) {
  public ReviewConfig {
    if (usualDeadline.isZero() || usualDeadline.compareTo(longestDeadline) > 0) {
      throw new ConfigurationException(
          "flotilla.review.usual-deadline is "
              + usualDeadline
              + "; write more than PT0S and at most flotilla.review.longest-deadline, which is "
              + longestDeadline);
    }
  }

  public static ReviewConfig from(Settings settings) {
    return new ReviewConfig(
        settings.duration("flotilla.review.usual-deadline"),
        settings.duration("flotilla.review.longest-deadline"),
        Math.toIntExact(settings.number("flotilla.review.max-artifact-chars", 1, 7_000_000)),
        settings.duration("flotilla.review.keep-artifact"));
  }
}
