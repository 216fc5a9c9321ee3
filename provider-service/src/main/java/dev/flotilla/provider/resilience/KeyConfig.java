package dev.flotilla.provider.resilience;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param park how long a key that its provider refused is left out; doubles with each refusal
 * @param longestPark where the doubling ends
 */
public record KeyConfig(Duration park, Duration longestPark) {
  public KeyConfig {
    if (park.isZero()) {
      throw new ConfigurationException(
          "flotilla.keys.park is PT0S, so a refused key would be used by each call; write PT1M or"
              + " so");
    }
    if (longestPark.compareTo(park) < 0) {
      throw new ConfigurationException(
          "flotilla.keys.longest-park is "
              + longestPark
              + ", which is shorter than flotilla.keys.park; write "
              + park
              + " or more");
    }
  }

  public static KeyConfig from(Settings settings) {
    return new KeyConfig(
        settings.duration("flotilla.keys.park"), settings.duration("flotilla.keys.longest-park"));
  }
}
