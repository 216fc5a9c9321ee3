package dev.flotilla.provider.resilience;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param most how many retries one call gets at most, whatever the reasons; 0 switches them off
 * @param overloaded how many of them after a provider that refused for want of capacity
 * @param serverError after a provider that failed; it may charge for each
 * @param connect after a connection that did not come about
 * @param throttled after a rate limit whose wait is short
 * @param lost after a request that was sent and whose answer was lost; it may be charged twice
 * @param backoff longest wait before the first retry; doubles with each further one
 * @param connectBackoff the same after a connection that did not come about
 * @param longestBackoff where the doubling ends
 * @param longestThrottle a provider that wants to be left alone for longer is not waited for
 * @param budget how many retries all calls together get, as a share of the calls, 0 to 1
 * @param budgetFloor how many retries a second there are besides
 * @param budgetBurst how many can be saved up for a bad moment, at least 1
 */
public record RetryConfig(
    int most,
    int overloaded,
    int serverError,
    int connect,
    int throttled,
    int lost,
    Duration backoff,
    Duration connectBackoff,
    Duration longestBackoff,
    Duration longestThrottle,
    double budget,
    int budgetFloor,
    int budgetBurst) {
  private static final int MOST_RETRIES = 10;

  public RetryConfig {
    if (longestBackoff.compareTo(backoff) < 0 || longestBackoff.compareTo(connectBackoff) < 0) {
      throw new ConfigurationException(
          "flotilla.retry.longest-backoff is "
              + longestBackoff
              + ", which is shorter than flotilla.retry.backoff, "
              + backoff
              + ", or flotilla.retry.connect-backoff, "
              + connectBackoff
              + "; write the longer of them or more");
    }
    if (!(budget >= 0 && budget <= 1)) {
      throw new ConfigurationException(
          "flotilla.retry.budget is "
              + budget
              + "; write the share of calls that may be retried, from 0 to 1, such as 0.1");
    }
    if (budgetBurst < 1) {
      throw new ConfigurationException(
          "flotilla.retry.budget-burst is "
              + budgetBurst
              + ", so there would never be a whole retry; write 1 or more, and"
              + " flotilla.retry.most=0 for no retries");
    }
  }

  public static RetryConfig from(Settings settings) {
    return new RetryConfig(
        (int) settings.number("flotilla.retry.most", 0, MOST_RETRIES),
        (int) settings.number("flotilla.retry.overloaded", 0, MOST_RETRIES),
        (int) settings.number("flotilla.retry.server-error", 0, MOST_RETRIES),
        (int) settings.number("flotilla.retry.connect", 0, MOST_RETRIES),
        (int) settings.number("flotilla.retry.throttled", 0, MOST_RETRIES),
        (int) settings.number("flotilla.retry.lost", 0, MOST_RETRIES),
        settings.duration("flotilla.retry.backoff"),
        settings.duration("flotilla.retry.connect-backoff"),
        settings.duration("flotilla.retry.longest-backoff"),
        settings.duration("flotilla.retry.longest-throttle"),
        settings.fraction("flotilla.retry.budget"),
        (int) settings.number("flotilla.retry.budget-floor", 0, 100_000),
        (int) settings.number("flotilla.retry.budget-burst", 1, 100_000));
  }
}
