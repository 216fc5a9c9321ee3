package dev.flotilla.provider.lease;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param patience how long a call waits for others to end when the budget has room only then
 * @param tidy how often what is not in use is given back
 * @param refuseUnknown whether calls are refused while nobody could ever be asked which budgets
 *     cover them
 */
public record LeaseConfig(Duration patience, Duration tidy, boolean refuseUnknown) {
  public static LeaseConfig from(Settings settings) {
    return new LeaseConfig(
        settings.duration("flotilla.budgets.patience"),
        settings.duration("flotilla.budgets.tidy"),
        refuses(settings.text("flotilla.budgets.when-unknown")));
  }

  private static boolean refuses(String word) {
    return switch (word) {
      case "serve" -> false;
      case "refuse" -> true;
      default ->
          throw new ConfigurationException(
              "flotilla.budgets.when-unknown is '" + word + "'; write serve or refuse");
    };
  }
}
