/**
 * How much may be spent, and who is spending it at this moment: budgets, and the leases in which
 * they are handed to those who call providers. It never prices anything, and what was spent it
 * hears from the ledger's own rows. Start with {@link dev.flotilla.cost.budget.Leases}.
 */
@NullMarked
package dev.flotilla.cost.budget;

import org.jspecify.annotations.NullMarked;
