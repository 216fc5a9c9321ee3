package dev.flotilla.router.pipeline;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;
import java.util.Set;

/**
 * @param runs whether this process looks after runs; they may be admitted at any
 * @param longestWait nobody waits longer for a run's end; the run goes on
 * @param usualTimeout most time for one answer of a model when a step says nothing
 * @param betweenLooks how often a run that waits for a person looks by itself
 * @param mostSteps tries of steps a run may make each time it is taken up
 * @param maxBodyBytes longest request body in bytes
 */
public record PipelineConfig(
    boolean runs,
    Duration longestWait,
    Duration usualTimeout,
    Duration betweenLooks,
    int mostSteps,
    int maxBodyBytes) {
  private static final Set<String> ROLES = Set.of("chat", "runner");

  public static PipelineConfig from(Settings settings) {
    Set<String> roles = settings.names("flotilla.router.roles");
    if (!ROLES.containsAll(roles)) {
      throw new ConfigurationException(
          "flotilla.router.roles is '"
              + String.join(",", roles)
              + "'; write chat, runner, or chat,runner");
    }
    return new PipelineConfig(
        roles.contains("runner"),
        settings.duration("flotilla.pipeline.longest-wait"),
        settings.duration("flotilla.pipeline.usual-timeout"),
        settings.duration("flotilla.pipeline.between-looks"),
        Math.toIntExact(settings.number("flotilla.pipeline.most-steps", 1, 1_000_000)),
        Math.toIntExact(settings.number("flotilla.pipeline.max-body-bytes", 1_000, 100_000_000)));
  }
}
