/**
 * The ledger: every attempt once, whatever is sent how often. It decides what becomes of an entry
 * and never changes one that has ended. Start with {@link dev.flotilla.cost.ledger.LedgerResource}.
 */
@NullMarked
package dev.flotilla.cost.ledger;

import org.jspecify.annotations.NullMarked;
