package dev.flotilla.contracts.ledger;

import jakarta.json.bind.annotation.JsonbProperty;

/**
 * An entry the ledger cannot take.
 *
 * @param attemptId as it came; empty when it was missing
 * @param code {@code invalid_entry} or {@code amount_conflict}
 * @param message what is wrong and what was expected
 */
public record RejectedEntry(
    @JsonbProperty("attempt_id") String attemptId, String code, String message) {}
