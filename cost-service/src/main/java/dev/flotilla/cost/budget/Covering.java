package dev.flotilla.cost.budget;

import dev.flotilla.contracts.lease.CoveringBudget;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A locked budget in one period.
 *
 * @param revision grows with each change of its terms
 * @param current whether it covers the call now
 * @param linked whether the lease in question takes from it
 */
record Covering(
    String scope,
    String period,
    Instant startsAt,
    Instant endsAt,
    long spentNanos,
    long leasedNanos,
    long limitNanos,
    @Nullable Long hardLimitNanos,
    String onExceeded,
    String onLedgerAway,
    long revision,
    boolean current,
    boolean linked) {

  CoveringBudget toldToHolders() {
    return new CoveringBudget(scope, onExceeded, onLedgerAway, revision);
  }

  /** What may be spent in all. */
  long cap(boolean cheapest) {
    return cheapest && onExceeded.equals(CoveringBudget.DOWNGRADE) && hardLimitNanos != null
        ? hardLimitNanos
        : limitNanos;
  }

  /** Neither spent nor leased; below 0 when more was. */
  long available(boolean cheapest) {
    return cap(cheapest) - spentNanos - leasedNanos;
  }

  Covering nowLinked() {
    return new Covering(
        scope,
        period,
        startsAt,
        endsAt,
        spentNanos,
        leasedNanos,
        limitNanos,
        hardLimitNanos,
        onExceeded,
        onLedgerAway,
        revision,
        current,
        true);
  }
}
