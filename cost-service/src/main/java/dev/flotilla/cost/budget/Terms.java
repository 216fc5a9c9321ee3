package dev.flotilla.cost.budget;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was agreed for a budget.
 *
 * @param limitNanos per period, nano-dollars
 * @param hardLimitNanos up to here the cheapest models may be asked; null for a budget that does
 *     not downgrade
 * @param period {@code day week month year}, in UTC
 * @param alertAt shares of the limit, ascending
 * @param onExceeded {@code block downgrade notify}
 * @param onLedgerAway {@code serve refuse}
 */
record Terms(
    long limitNanos,
    @Nullable Long hardLimitNanos,
    String period,
    List<Double> alertAt,
    String onExceeded,
    String onLedgerAway) {
  Terms {
    alertAt = List.copyOf(alertAt);
  }
}
