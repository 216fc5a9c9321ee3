package dev.flotilla.contracts.ledger;

import jakarta.json.bind.annotation.JsonbProperty;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt comes to in the ledger.
 *
 * @param costNanos nano-dollars, corrections of this attempt included; null while nobody knows
 */
public record AttemptAmount(
    @JsonbProperty("attempt_id") String attemptId,
    @JsonbProperty("cost_nanos") @Nullable Long costNanos) {}
