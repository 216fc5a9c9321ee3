package dev.flotilla.contracts.lease;

import jakarta.json.bind.annotation.JsonbProperty;
import java.time.Instant;

/**
 * The budget that had not enough.
 *
 * @param budget its id
 * @param onExceeded {@code block} or {@code downgrade}
 * @param limitNanos what may be spent within the period by whoever asked, nano-dollars
 * @param availableNanos what is neither spent nor leased, nano-dollars; below 0 when more was spent
 *     than allowed, which a limit that was lowered explains
 * @param resetsAt when the next period begins
 */
public record LeaseRefusal(
    String budget,
    @JsonbProperty("on_exceeded") String onExceeded,
    @JsonbProperty("limit_nanos") long limitNanos,
    @JsonbProperty("available_nanos") long availableNanos,
    @JsonbProperty("resets_at") Instant resetsAt) {}
