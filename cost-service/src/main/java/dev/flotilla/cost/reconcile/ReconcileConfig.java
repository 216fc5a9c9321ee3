package dev.flotilla.cost.reconcile;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param unknownAfter how long after its start an attempt may stay unknown; longer than a spool may
 *     be away
 * @param every how often is looked
 */
record ReconcileConfig(Duration unknownAfter, Duration every) {
  ReconcileConfig {
    if (unknownAfter.compareTo(Duration.ofMinutes(1)) < 0) {
      throw new ConfigurationException(
          "flotilla.reconcile.unknown-after is "
              + unknownAfter
              + ", but attempts may run for minutes; write PT24H, and PT1M at least");
    }
    if (every.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new ConfigurationException(
          "flotilla.reconcile.every is " + every + "; write PT5M, and PT1S at least");
    }
  }

  static ReconcileConfig from(Settings settings) {
    return new ReconcileConfig(
        settings.duration("flotilla.reconcile.unknown-after"),
        settings.duration("flotilla.reconcile.every"));
  }
}
