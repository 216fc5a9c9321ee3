package dev.flotilla.provider.spool;

import dev.flotilla.contracts.ledger.LedgerEntry;

/** Is told of what was handed to the ledger. Called by the shipper's thread; quick, and no I/O. */
public interface Deliveries {
  /** The ledger was given this entry and answered, be it that it refused it. */
  void delivered(LedgerEntry entry);
}
