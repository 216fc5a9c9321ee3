package dev.flotilla.kit.webhook;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param patience how long a target may take to answer
 * @param firstPause after the first failure; each further one is four times as long
 * @param longestPause no pause is longer
 * @param mostTries after that a message is given up, at least 1
 * @param keep how long the log has a message that is done
 */
public record WebhookConfig(
    Duration patience, Duration firstPause, Duration longestPause, int mostTries, Duration keep) {
  public WebhookConfig {
    if (patience.isZero() || firstPause.isZero()) {
      throw new ConfigurationException(
          "flotilla.webhooks.patience and flotilla.webhooks.first-pause cannot be zero; write for example PT10S and PT5S");
    }
  }

  public static WebhookConfig from(Settings settings) {
    return new WebhookConfig(
        settings.duration("flotilla.webhooks.patience"),
        settings.duration("flotilla.webhooks.first-pause"),
        settings.duration("flotilla.webhooks.longest-pause"),
        (int) settings.number("flotilla.webhooks.most-tries", 1, 100),
        settings.duration("flotilla.webhooks.keep"));
  }

  /**
   * The pause after so many failures.
   *
   * @param failures at least 1
   */
  Duration pause(int failures) {
    double factor = Math.pow(4, Math.min(failures - 1, 20));
    double millis = Math.min(firstPause.toMillis() * factor, (double) longestPause.toMillis());
    return Duration.ofMillis((long) millis);
  }
}
