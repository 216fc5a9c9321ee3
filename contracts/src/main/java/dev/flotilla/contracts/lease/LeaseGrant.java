package dev.flotilla.contracts.lease;

import jakarta.json.bind.annotation.JsonbProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a lease stands after a demand.
 *
 * @param grantedNanos granted from its beginning until now in all, nano-dollars; what is left of it
 *     counts as spent until it is given back or the ledger has the attempts that used it
 * @param outdated nothing more comes from this lease: a budget was added, changed or removed, or a
 *     period ended. What is left of it may be used up until {@code ends_at}
 * @param validMs after so many milliseconds what is not in use is to be given back
 * @param endsAt attempts that begin then or later are another period's; null when no budget covers
 *     the call
 * @param budgets that cover the call now and can refuse
 * @param refusal why nothing was granted; null when it was, or when nothing was needed
 */
public record LeaseGrant(
    @JsonbProperty("granted_nanos") long grantedNanos,
    boolean outdated,
    @JsonbProperty("valid_ms") long validMs,
    @JsonbProperty("ends_at") @Nullable Instant endsAt,
    List<CoveringBudget> budgets,
    @Nullable LeaseRefusal refusal) {}
