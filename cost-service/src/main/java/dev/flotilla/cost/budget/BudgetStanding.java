package dev.flotilla.cost.budget;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.flotilla.catalog.Money;
import dev.flotilla.contracts.lease.CoveringBudget;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A budget and how it stands in its present period.
 *
 * @param hardLimitUsd null for a budget that does not downgrade
 * @param spentUsd what the ledger has; of attempts whose end nobody knows, the most they can have
 *     cost
 * @param leasedUsd what may be being spent at this moment
 * @param remainingUsd the rest; below 0 when more was spent than allowed
 */
public record BudgetStanding(
    String object,
    String id,
    BigDecimal limitUsd,
    @Nullable BigDecimal hardLimitUsd,
    String period,
    List<Double> alertAt,
    String onExceeded,
    String onLedgerAway,
    BigDecimal spentUsd,
    BigDecimal leasedUsd,
    BigDecimal remainingUsd,
    Instant startsAt,
    Instant resetsAt) {

  static BudgetStanding of(
      String scope, Terms terms, long spent, long leased, Instant startsAt, Instant resetsAt) {
    Long hard = terms.hardLimitNanos();
    return new BudgetStanding(
        "budget",
        scope,
        Money.usd(terms.limitNanos()),
        hard == null ? null : Money.usd(hard),
        terms.period(),
        terms.alertAt(),
        terms.onExceeded(),
        terms.onLedgerAway(),
        Money.usd(spent),
        Money.usd(leased),
        Money.usd(terms.limitNanos() - spent - leased),
        startsAt,
        resetsAt);
  }

  /** The highest of its thresholds that what was spent has reached; 0 when none. */
  @JsonIgnore
  double alertLevel() {
    double used = usedShare();
    return alertAt.stream()
        .filter(at -> used >= at)
        .mapToDouble(Double::doubleValue)
        .max()
        .orElse(0);
  }

  /** What was spent beyond what may be, in dollars; 0 for a budget that refuses nothing. */
  @JsonIgnore
  double overspentUsd() {
    BigDecimal most = hardLimitUsd == null ? limitUsd : hardLimitUsd;
    return onExceeded.equals(CoveringBudget.NOTIFY)
        ? 0
        : spentUsd.subtract(most).max(BigDecimal.ZERO).doubleValue();
  }

  private double usedShare() {
    return limitUsd.signum() == 0
        ? (spentUsd.signum() > 0 ? Double.MAX_VALUE : 0)
        : spentUsd.doubleValue() / limitUsd.doubleValue();
  }
}
