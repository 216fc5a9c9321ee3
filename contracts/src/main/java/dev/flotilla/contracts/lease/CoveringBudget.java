package dev.flotilla.contracts.lease;

import jakarta.json.bind.annotation.JsonbProperty;

/**
 * A budget as those who spend need to know it.
 *
 * @param id what it limits: {@code team:…}, {@code key:…}, {@code project:…} or {@code pipeline:…}
 * @param onExceeded {@code block downgrade notify}
 * @param onLedgerAway {@code serve refuse}
 * @param revision grows with each change of the budget's terms: who holds a lease from before gives
 *     back what it does not need of it. 0 when nobody said
 */
public record CoveringBudget(
    String id,
    @JsonbProperty("on_exceeded") String onExceeded,
    @JsonbProperty("on_ledger_away") String onLedgerAway,
    long revision) {
  public static final String BLOCK = "block";
  public static final String DOWNGRADE = "downgrade";
  public static final String NOTIFY = "notify";
  public static final String SERVE = "serve";
  public static final String REFUSE = "refuse";
}
