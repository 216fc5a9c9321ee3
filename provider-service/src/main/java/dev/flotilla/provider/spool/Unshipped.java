package dev.flotilla.provider.spool;

import dev.flotilla.contracts.ledger.LedgerEntry;

/** An attempt that has ended and that the ledger does not have yet. */
sealed interface Unshipped {
  /** The segment that holds its intent. */
  Segment first();

  /** Unix milliseconds since when it waits. */
  long since();

  /** On disk: only the place is kept in memory. */
  record Written(Segment first, Segment at, long offset, int length, long since)
      implements Unshipped {}

  /** The disk refused its outcome; until the ledger has it, it lives here only. */
  record Held(Segment first, LedgerEntry entry, long since) implements Unshipped {}
}
