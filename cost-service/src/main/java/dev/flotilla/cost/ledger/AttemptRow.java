package dev.flotilla.cost.ledger;

import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.cost.pricing.PriceVerdict;
import java.util.UUID;

/** An entry as it goes into the table. */
record AttemptRow(UUID id, LedgerEntry entry, PriceVerdict price) {}
