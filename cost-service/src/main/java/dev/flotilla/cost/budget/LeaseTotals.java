package dev.flotilla.cost.budget;

/**
 * An account's three totals, nano-dollars; each only grows, so a message that comes twice changes
 * nothing.
 */
record LeaseTotals(long granted, long returned, long settled) {
  static final LeaseTotals NONE = new LeaseTotals(0, 0, 0);

  /** What may still be spent from it, or was and is not in the ledger yet; 0 or more. */
  long remaining() {
    return Math.max(0, granted - returned - settled);
  }

  /** Not more than there is: a holder that lost count must not create money. */
  LeaseTotals returning(long total) {
    return new LeaseTotals(
        granted,
        Math.max(returned, Math.min(total, granted - Math.min(settled, granted))),
        settled);
  }

  LeaseTotals granted(long more) {
    return new LeaseTotals(Math.addExact(granted, more), returned, settled);
  }
}
