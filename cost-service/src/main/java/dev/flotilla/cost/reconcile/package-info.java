/**
 * Brings the ledger and what others say of it together: attempts nobody heard the end of become
 * estimates, services may ask what became of their amounts, and a provider's own bill corrects a
 * day in total. It never changes an amount that stands. Start with {@link
 * dev.flotilla.cost.reconcile.Ageing}.
 */
@NullMarked
package dev.flotilla.cost.reconcile;

import org.jspecify.annotations.NullMarked;
