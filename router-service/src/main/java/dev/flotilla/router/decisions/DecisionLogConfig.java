package dev.flotilla.router.decisions;

import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param queueSize decisions that may wait for cost-service, at least 1; about 1 KB each
 * @param linger how long a batch that is not full waits for company
 * @param firstPause wait after the first failure; it doubles with each further one
 * @param longestPause where the doubling ends
 * @param patienceAtTheEnd how long a router that stops tries to send what is left
 */
public record DecisionLogConfig(
    int queueSize,
    Duration linger,
    Duration firstPause,
    Duration longestPause,
    Duration patienceAtTheEnd) {
  public static DecisionLogConfig from(Settings settings) {
    return new DecisionLogConfig(
        Math.toIntExact(settings.number("flotilla.decisions.queue-size", 1, 1_000_000)),
        settings.duration("flotilla.decisions.linger"),
        settings.duration("flotilla.decisions.first-pause"),
        settings.duration("flotilla.decisions.longest-pause"),
        settings.duration("flotilla.decisions.patience-at-the-end"));
  }
}
