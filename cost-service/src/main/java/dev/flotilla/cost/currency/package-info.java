/**
 * What a dollar was worth elsewhere, day by day, from a file. It never changes an amount in the
 * ledger: reports show a second one beside it. Start with {@link dev.flotilla.cost.currency.Rates}.
 */
@NullMarked
package dev.flotilla.cost.currency;

import org.jspecify.annotations.NullMarked;
