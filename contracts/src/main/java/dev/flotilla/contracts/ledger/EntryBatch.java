package dev.flotilla.contracts.ledger;

import java.util.List;

/**
 * Entries that travel together.
 *
 * @param entries 1 to {@link #LIMIT} of them; more is refused whole
 */
public record EntryBatch(List<LedgerEntry> entries) {
  /** More entries than this in one batch are a 413. */
  public static final int LIMIT = 500;
}
