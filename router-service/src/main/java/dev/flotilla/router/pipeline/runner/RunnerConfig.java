package dev.flotilla.router.pipeline.runner;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param mostRuns runs looked after at the same time; those that wait do not count
 * @param poll how often is looked for runs that another process admitted, or that are due
 * @param heartbeat how often a runner says that it lives; four that are missing, and others take
 *     over its runs
 * @param patienceAtTheEnd how long calls on their way may take when this process leaves
 * @param keep how long runs are kept after their end
 */
public record RunnerConfig(
    int mostRuns, Duration poll, Duration heartbeat, Duration patienceAtTheEnd, Duration keep) {
  public RunnerConfig {
    if (poll.toMillis() < 10 || heartbeat.toMillis() < 100) {
      throw new ConfigurationException(
          "flotilla.pipeline.poll is "
              + poll
              + " and flotilla.pipeline.heartbeat is "
              + heartbeat
              + "; write PT0.01S and PT0.1S at least, or the database does nothing else");
    }
  }

  public static RunnerConfig from(Settings settings) {
    return new RunnerConfig(
        Math.toIntExact(settings.number("flotilla.pipeline.most-runs", 1, 1_000)),
        settings.duration("flotilla.pipeline.poll"),
        settings.duration("flotilla.pipeline.heartbeat"),
        settings.duration("flotilla.pipeline.patience-at-the-end"),
        settings.duration("flotilla.pipeline.keep"));
  }
}
