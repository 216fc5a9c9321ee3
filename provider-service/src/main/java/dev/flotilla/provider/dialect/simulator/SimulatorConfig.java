package dev.flotilla.provider.dialect.simulator;

import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param timeout how long {@code :timeout} keeps a caller waiting whose deadline is later
 * @param slowness how long {@code :slow} waits before it answers
 * @param betweenChunks how long a slow stream waits between two chunks
 */
public record SimulatorConfig(Duration timeout, Duration slowness, Duration betweenChunks) {
  public static SimulatorConfig from(Settings settings) {
    return new SimulatorConfig(
        settings.duration("flotilla.simulator.timeout"),
        settings.duration("flotilla.simulator.slowness"),
        settings.duration("flotilla.simulator.between-chunks"));
  }
}
