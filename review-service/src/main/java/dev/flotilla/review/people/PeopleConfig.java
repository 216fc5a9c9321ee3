package dev.flotilla.review.people;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * @param keepMaterial how long what was shown rests here after the decision
 * @param claimHolds how long somebody's claim keeps others from claiming
 * @param longestWait no deadline is later than that
 * @param callback where a run is told that a decision is there, with {@code {run_id}} in its path;
 *     null when nobody is told
 */
public record PeopleConfig(
    Duration keepMaterial, Duration claimHolds, Duration longestWait, @Nullable String callback) {
  /** Stands in the callback for the run's id. */
  static final String RUN_ID = "{run_id}";

  public PeopleConfig {
    if (callback != null && !isAddress(callback)) {
      throw new ConfigurationException(
          "flotilla.people.callback-url is '"
              + callback
              + "'; write an address with "
              + RUN_ID
              + " in its path, such as http://127.0.0.1:8080/internal/runs/{run_id}/wake");
    }
  }

  public static PeopleConfig from(Settings settings) {
    return new PeopleConfig(
        settings.duration("flotilla.people.keep-material"),
        settings.duration("flotilla.people.claim-holds"),
        settings.duration("flotilla.people.longest-wait"),
        settings.optional("flotilla.people.callback-url").orElse(null));
  }

  private static boolean isAddress(String callback) {
    try {
      URI uri = URI.create(callback.replace(RUN_ID, "run"));
      return callback.contains("/" + RUN_ID)
          && uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
