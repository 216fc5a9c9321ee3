package dev.flotilla.contracts.lease;

import jakarta.json.bind.annotation.JsonbProperty;
import org.jspecify.annotations.Nullable;

/**
 * What a holder of a lease asks for and gives back. Amounts are nano-dollars, 0 or more.
 *
 * @param holder who spends: the same after a restart, because the records it left are the same
 * @param life another one after each start of the holder
 * @param cheapest whether only models of the cheapest tier are asked for this money; a budget that
 *     downgrades has more for them
 * @param needNanos granted whole or refused; 0 asks for nothing
 * @param wantedNanos what would be used at once if there were enough
 * @param returnedNanos given back from the beginning of this lease until now, in all
 */
public record LeaseDemand(
    String holder,
    String life,
    String team,
    String key,
    @Nullable String project,
    @Nullable String pipeline,
    boolean cheapest,
    @JsonbProperty("need_nanos") long needNanos,
    @JsonbProperty("wanted_nanos") long wantedNanos,
    @JsonbProperty("returned_nanos") long returnedNanos) {}
