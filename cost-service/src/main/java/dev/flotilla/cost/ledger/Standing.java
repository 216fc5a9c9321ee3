package dev.flotilla.cost.ledger;

import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import org.jspecify.annotations.Nullable;

/** Where an attempt stands in the ledger. */
sealed interface Standing {
  /** The ledger has never heard of it. */
  record Absent() implements Standing {}

  /** It was begun; nobody knows how it ended. */
  record Open() implements Standing {}

  /**
   * It has ended, and stays as it is.
   *
   * @param costNanos 0 when it was void
   */
  record Ended(long costNanos) implements Standing {}

  /**
   * Its end was waited for too long, and it counts as an estimate; what it really cost may still
   * come, as a correction.
   */
  record Aged(long costNanos) implements Standing {}

  static Standing of(String state, @Nullable Long costNanos) {
    return state.equals(EntryState.UNKNOWN)
        ? new Open()
        : new Ended(costNanos == null ? 0 : costNanos);
  }

  static Standing of(LedgerEntry entry) {
    return of(entry.state(), entry.costNanos());
  }
}
