package dev.flotilla.router.console;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * @param enabled whether there is a console at all
 * @param api where this router's own doors are
 * @param session how long a visitor stays signed in, at least a minute
 * @param patience how long one question to the API may take
 * @param answerPatience how long a model's answer may take in the playground
 * @param traces where a trace is shown, with {@value #TRACE} in the place of its id; empty when
 *     nobody shows them
 */
record ConsoleConfig(
    boolean enabled,
    URI api,
    Duration session,
    Duration patience,
    Duration answerPatience,
    Optional<String> traces) {
  /** Stands for a trace's id. */
  static final String TRACE = "{trace}";

  private static final String TRACES = "flotilla.console.trace.url";

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
        settings.duration("flotilla.console.answer-patience"),
        settings.optional(TRACES).map(ConsoleConfig::traces));
  }

  private static String traces(String found) {
    if (!found.contains(TRACE)) {
      throw new ConfigurationException(
          TRACES
              + " is '"
              + found
              + "'; write an address with "
              + TRACE
              + " in it, such as https://jaeger.example/trace/"
              + TRACE);
    }
    var _ = Settings.address(TRACES, found.replace(TRACE, "0"));
    return found;
  }
}
