package dev.flotilla.cost.reconcile;

/**
 * The ledger beside a provider's bill, for one day and model.
 *
 * @param day in UTC, {@code 2026-11-20}
 * @param ledgerNanos what the ledger has, corrections included
 * @param billedNanos what the provider says
 * @param differenceNanos billed − ledger
 * @param unknownAttempts of that day, whose amount is not in {@code ledgerNanos}; while there are
 *     some the day is not corrected
 * @param corrected whether a correction was written now
 */
public record DayDifference(
    String day,
    String model,
    long ledgerNanos,
    long billedNanos,
    long differenceNanos,
    long unknownAttempts,
    boolean corrected) {}
