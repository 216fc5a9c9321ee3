package dev.flotilla.cost.reconcile;

import java.time.LocalDate;

/**
 * One line of a provider's own usage export.
 *
 * @param day in UTC
 * @param model catalogue id
 * @param costNanos what the provider charges for it, nano-dollars
 */
record BilledDay(LocalDate day, String model, long costNanos) {}
