/**
 * What provider-service writes into the ledger and cost-service keeps. Records of money are decided
 * here and nowhere else; no behaviour lives here. Start with {@link
 * dev.flotilla.contracts.ledger.LedgerEntry}.
 */
@NullMarked
package dev.flotilla.contracts.ledger;

import org.jspecify.annotations.NullMarked;
