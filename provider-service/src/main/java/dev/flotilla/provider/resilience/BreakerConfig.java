package dev.flotilla.provider.resilience;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param window how many of the last outcomes are looked at
 * @param minimumCalls a circuit with fewer outcomes does not open for its failure rate
 * @param failureRate share of failures at which it opens, above 0 to 1
 * @param connectFailures consecutive attempts without a connection after which it opens, whatever
 *     the rate
 * @param open how long nobody is let through after the first opening; doubles with each further one
 * @param longestOpen where the doubling ends
 * @param probes how many calls at once may find out whether an opened circuit has healed
 * @param gone how long a model is left alone that its provider does not know
 * @param patience a provider that did not answer within less is not blamed: the deadline was the
 *     caller's
 */
public record BreakerConfig(
    int window,
    int minimumCalls,
    double failureRate,
    int connectFailures,
    Duration open,
    Duration longestOpen,
    int probes,
    Duration gone,
    Duration patience) {

  private static final long MOST = 100_000;

  public BreakerConfig {
    if (window < 1 || connectFailures < 1 || probes < 1) {
      throw new ConfigurationException(
          "flotilla.breaker.window is "
              + window
              + ", flotilla.breaker.connect-failures is "
              + connectFailures
              + " and flotilla.breaker.probes is "
              + probes
              + "; write 1 or more for each");
    }
    if (minimumCalls < 1 || minimumCalls > window) {
      throw new ConfigurationException(
          "flotilla.breaker.minimum-calls is "
              + minimumCalls
              + ", but a window of flotilla.breaker.window outcomes never holds so many; write 1 to "
              + window);
    }
    if (!(failureRate > 0 && failureRate <= 1)) {
      throw new ConfigurationException(
          "flotilla.breaker.failure-rate is "
              + failureRate
              + ", at which a circuit would open without a failure; write more than 0 and at most"
              + " 1, such as 0.5");
    }
    if (open.isZero() || open.isNegative()) {
      throw new ConfigurationException(
          "flotilla.breaker.open is "
              + open
              + ", but a circuit that opens for no time never keeps a call away; write PT5S or so");
    }
    if (gone.isZero() || gone.isNegative()) {
      throw new ConfigurationException(
          "flotilla.breaker.gone is "
              + gone
              + ", so each call would find out anew that its model is gone; write PT1M or so");
    }
    if (longestOpen.compareTo(open) < 0) {
      throw new ConfigurationException(
          "flotilla.breaker.longest-open is "
              + longestOpen
              + ", which is shorter than flotilla.breaker.open; write "
              + open
              + " or more");
    }
  }

  public static BreakerConfig from(Settings settings) {
    return new BreakerConfig(
        (int) settings.number("flotilla.breaker.window", 1, MOST),
        (int) settings.number("flotilla.breaker.minimum-calls", 1, MOST),
        settings.fraction("flotilla.breaker.failure-rate"),
        (int) settings.number("flotilla.breaker.connect-failures", 1, MOST),
        settings.duration("flotilla.breaker.open"),
        settings.duration("flotilla.breaker.longest-open"),
        (int) settings.number("flotilla.breaker.probes", 1, MOST),
        settings.duration("flotilla.breaker.gone"),
        settings.duration("flotilla.breaker.patience"));
  }
}
