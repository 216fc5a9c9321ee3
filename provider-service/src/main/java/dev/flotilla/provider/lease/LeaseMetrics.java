package dev.flotilla.provider.lease;

import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.metrics.LabelledCounter;
import java.util.List;
import org.eclipse.microprofile.metrics.MetricRegistry;

/** Counts what budgets kept away and what was spent without them. Thread-safe. */
public final class LeaseMetrics {
  static final String GRANTED = "granted";
  static final String REFUSED = "refused";
  static final String AWAY = "away";
  static final String EXCEEDED = "exceeded";
  static final String DOWNGRADE = "downgrade";
  static final String UNVERIFIABLE = "unverifiable";

  /** Nobody could be asked for a lease, and the budgets wanted the call to be made. */
  static final String LEDGER_AWAY = "ledger_away";

  /** An attempt cost more than it could, as far as anybody knew before. */
  static final String ABOVE_CEILING = "above_ceiling";

  private final LabelledCounter renewals;
  private final LabelledCounter refusals;
  private final LabelledCounter overshoot;

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
    overshoot =
        new LabelledCounter(
            registry,
            MetricNames.BUDGET_OVERSHOOT,
            "Spent that no lease had set aside, in nano-dollars: budgets may be exceeded by so much, and by nothing else",
            List.of("reason"));
    List.of(LEDGER_AWAY, ABOVE_CEILING).forEach(overshoot::of);
  }

  void renewed(String result) {
    renewals.of(result).inc();
  }

  void refused(String reason) {
    refusals.of(reason).inc();
  }

  void overshot(String reason, long nanos) {
    overshoot.of(reason).inc(nanos);
  }
}
