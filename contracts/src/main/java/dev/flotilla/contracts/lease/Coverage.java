package dev.flotilla.contracts.lease;

import jakarta.json.bind.annotation.JsonbProperty;
import java.util.List;

/**
 * The budgets that a call falls under.
 *
 * @param validMs for how long this may be believed, milliseconds
 * @param budgets none when nobody limits the call
 */
public record Coverage(@JsonbProperty("valid_ms") long validMs, List<CoveringBudget> budgets) {}
