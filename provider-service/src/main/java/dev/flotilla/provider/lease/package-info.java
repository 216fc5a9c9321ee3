/**
 * Whether there is money for a call. It holds what cost-service leases to this instance, so that a
 * paid call asks nobody while a lease lasts, and never spends more than it was leased unless the
 * budget's own terms allow it. Start with {@link dev.flotilla.provider.lease.BudgetGate}.
 */
@NullMarked
package dev.flotilla.provider.lease;

import org.jspecify.annotations.NullMarked;
