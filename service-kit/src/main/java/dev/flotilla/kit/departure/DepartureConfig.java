package dev.flotilla.kit.departure;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param notice how long everybody is let in after balancers could see that this process leaves;
 *     zero when there is none
 * @param grace how long those inside may stay after that
 */
public record DepartureConfig(Duration notice, Duration grace) {
  static final String NOTICE = "flotilla.departure.notice";
  static final String GRACE = "flotilla.departure.grace";

  public DepartureConfig {
    require(NOTICE, notice);
    require(GRACE, grace);
  }

  /** Of {@value #NOTICE} and {@value #GRACE}. */
  public static DepartureConfig from(Settings settings) {
    return new DepartureConfig(settings.duration(NOTICE), settings.duration(GRACE));
  }

  private static void require(String key, Duration value) {
    if (value.isNegative()) {
      throw new ConfigurationException(
          key + " is " + value + ", but nobody can leave before being asked to; use PT0S or more");
    }
  }
}
