package dev.flotilla.router.chat;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param longestDeadline nobody waits longer for an answer, at least a second
 * @param maxBodyBytes longest request body in bytes
 */
public record ChatConfig(Duration longestDeadline, int maxBodyBytes) {
  public ChatConfig {
    if (longestDeadline.toMillis() < 1_000) {
      throw new ConfigurationException(
          "flotilla.chat.longest-deadline is "
              + longestDeadline
              + "; no model answers in that time, write PT1S or more");
    }
  }

  public static ChatConfig from(Settings settings) {
    return new ChatConfig(
        settings.duration("flotilla.chat.longest-deadline"),
        Math.toIntExact(settings.number("flotilla.chat.max-body-bytes", 1_000, 100_000_000)));
  }
}
