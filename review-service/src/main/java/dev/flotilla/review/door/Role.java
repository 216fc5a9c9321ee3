package dev.flotilla.review.door;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;

/** What a process of this service is there for. */
public enum Role {
  /** Judges, with everything that needs. */
  REVIEW,
  /** Runs the commands that verify artifacts, and nothing else; it has no database. */
  VERIFIER;

  /**
   * Reads {@code flotilla.review.role}.
   *
   * @throws ConfigurationException when it is none
   */
  public static Role from(Settings settings) {
    String written = settings.text("flotilla.review.role");
    return switch (written) {
      case "review" -> REVIEW;
      case "verifier" -> VERIFIER;
      default ->
          throw new ConfigurationException(
              "flotilla.review.role is '" + written + "'; write review or verifier");
    };
  }
}
