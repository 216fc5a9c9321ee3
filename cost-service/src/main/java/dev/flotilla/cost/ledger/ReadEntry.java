package dev.flotilla.cost.ledger;

import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.contracts.ledger.RejectedEntry;
import java.util.UUID;

/** An element of a batch after reading: one bad row must not hold up the others. */
sealed interface ReadEntry {
  record Valid(UUID id, LedgerEntry entry) implements ReadEntry {}

  record Invalid(RejectedEntry why) implements ReadEntry {}
}
