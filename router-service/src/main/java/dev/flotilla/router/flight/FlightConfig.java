package dev.flotilla.router.flight;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param lease how long a router that died keeps others from asking, at least 100 ms; a living one
 *     renews it every third of that
 * @param rememberFailure how long a failure is given to those who ask the same; zero is not at all
 */
public record FlightConfig(Duration lease, Duration rememberFailure) {
  public FlightConfig {
    if (lease.toMillis() < 100) {
      throw new ConfigurationException(
          "flotilla.flight.lease is "
              + lease
              + ", but a router that is busy for a moment would lose it; write PT0.1S or more, such as PT3S");
    }
  }

  public static FlightConfig from(Settings settings) {
    return new FlightConfig(
        settings.duration("flotilla.flight.lease"),
        settings.duration("flotilla.flight.remember-failure"));
  }
}
