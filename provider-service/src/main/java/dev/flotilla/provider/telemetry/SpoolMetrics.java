package dev.flotilla.provider.telemetry;

import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.provider.spool.DeadLetters;
import dev.flotilla.provider.spool.Spool;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;

/** Shows how far the ledger is behind and how full the spool is. */
public final class SpoolMetrics {
  private static final double MILLIS_PER_SECOND = 1_000;

  private SpoolMetrics() {}

  public static void register(MetricRegistry registry, Spool spool, DeadLetters deadLetters) {
    registry.gauge(
        named(
            MetricNames.LEDGER_OLDEST_UNSHIPPED,
            "How long the oldest ended attempt has waited for the ledger, in seconds"),
        spool,
        s -> s.state().oldestUnshippedMillis() / MILLIS_PER_SECOND);
    registry.gauge(
        named(MetricNames.LEDGER_SPOOL_BYTES, "Bytes the spool has on disk"),
        spool,
        s -> s.state().bytes());
    registry.gauge(
        named(MetricNames.LEDGER_SPOOL_LIMIT, "Bytes at which paid calls are refused"),
        spool,
        s -> s.state().limitBytes());
    registry.gauge(
        named(
            MetricNames.LEDGER_DEAD_LETTERS,
            "Entries the ledger refused for good, as many as are in the dead-letter file"),
        deadLetters,
        DeadLetters::count);
  }

  private static Metadata named(String name, String description) {
    return Metadata.builder().withName(name).withDescription(description).build();
  }
}
