package dev.flotilla.router.console;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.net.URI;
import java.time.Duration;

/**
 * @param enabled whether there is a console at all
 * @param api where this router's own doors are
 * @param session how long a visitor stays signed in, at least a minute
 * @param patience how long one question to the API may take
 * @param answerPatience how long a model's answer may take in the playground
 */
record ConsoleConfig(
    boolean enabled, URI api, Duration session, Duration patience, Duration answerPatience) {
  ConsoleConfig {
    if (session.toSeconds() < 60) {
      throw new ConfigurationException(
          "flotilla.console.session is " + session + "; write PT1M or more, such as PT12H");
    }
  }

  static ConsoleConfig from(Settings settings) {
    return new ConsoleConfig(
        settings.flag("flotilla.console.enabled"),
        settings.address("flotilla.console.api"),
        settings.duration("flotilla.console.session"),
        settings.duration("flotilla.console.patience"),
        settings.duration("flotilla.console.answer-patience"));
  }
}
