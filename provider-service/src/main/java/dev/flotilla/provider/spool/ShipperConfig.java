package dev.flotilla.provider.spool;

import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param linger how long a batch that is not full waits for company
 * @param firstPause wait after the first failure; it doubles with each further one
 * @param longestPause where the doubling ends
 */
public record ShipperConfig(Duration linger, Duration firstPause, Duration longestPause) {
  public static ShipperConfig from(Settings settings) {
    return new ShipperConfig(
        settings.duration("flotilla.spool.linger"),
        settings.duration("flotilla.spool.first-pause"),
        settings.duration("flotilla.spool.longest-pause"));
  }
}
