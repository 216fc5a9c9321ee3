package dev.flotilla.provider.lease;

import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.metrics.LabelledCounter;
import java.util.List;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;

/** Counts what budgets kept away and what was spent without them. Thread-safe. */
public final class LeaseMetrics {
  static final String GRANTED = "granted";
  static final String REFUSED = "refused";
  static final String AWAY = "away";
  static final String EXCEEDED = "exceeded";
  static final String DOWNGRADE = "downgrade";
  static final String UNVERIFIABLE = "unverifiable";

  private final LabelledCounter renewals;
  private final LabelledCounter refusals;
  private final Counter uncovered;

  public LeaseMetrics(MetricRegistry registry) {
    renewals =
        new LabelledCounter(
            registry,
            MetricNames.LEASE_RENEWALS,
            "How often cost-service was asked for more of a budget, by what came of it",
            List.of("result"));
    List.of(GRANTED, REFUSED, AWAY).forEach(renewals::of);
    refusals =
        new LabelledCounter(
            registry,
            MetricNames.BUDGET_REFUSALS,
            "Calls that were not made because of a budget",
            List.of("reason"));
    List.of(EXCEEDED, DOWNGRADE, UNVERIFIABLE).forEach(refusals::of);
    uncovered =
        registry.counter(
            Metadata.builder()
                .withName(MetricNames.BUDGET_UNCOVERED)
                .withDescription(
                    "Spent without a lease while cost-service was away, in nano-dollars: budgets may be exceeded by this")
                .build());
  }

  void renewed(String result) {
    renewals.of(result).inc();
  }

  void refused(String reason) {
    refusals.of(reason).inc();
  }

  void spentUncovered(long nanos) {
    uncovered.inc(nanos);
  }
}
