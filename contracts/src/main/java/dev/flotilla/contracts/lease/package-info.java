/**
 * What provider-service and cost-service say to each other about budgets: which of them cover a
 * call, and how much of them an instance may spend without asking again. It never carries a price.
 * Start with {@link dev.flotilla.contracts.lease.LeaseApi}.
 */
@NullMarked
package dev.flotilla.contracts.lease;

import org.jspecify.annotations.NullMarked;
