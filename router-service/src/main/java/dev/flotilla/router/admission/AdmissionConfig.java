package dev.flotilla.router.admission;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param window stretch of time the limits of a key are for, at least 100 ms; a minute outside of
 *     tests
 * @param replicas how many routers share a key's limits while Redis is away, at least 1
 */
public record AdmissionConfig(Duration window, int replicas) {
  public AdmissionConfig {
    if (window.toMillis() < 100) {
      throw new ConfigurationException(
          "flotilla.admission.window is "
              + window
              + "; write PT1M, as limits are per minute, or PT0.1S and more for tests");
    }
  }

  public static AdmissionConfig from(Settings settings) {
    return new AdmissionConfig(
        settings.duration("flotilla.admission.window"),
        Math.toIntExact(settings.number("flotilla.admission.replicas", 1, 10_000)));
  }

  /**
   * Slots of time are what is counted, about a hundred to the window: what was admitted at the
   * beginning of one is counted up to 1 % longer than the window.
   */
  long slotMillis() {
    return Math.max(1, (window.toMillis() + 99) / 100);
  }
}
