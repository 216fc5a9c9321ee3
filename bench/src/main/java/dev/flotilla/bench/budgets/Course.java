package dev.flotilla.bench.budgets;

import java.net.URI;

/**
 * Where a race takes place.
 *
 * @param router its door
 * @param providerOps management address of the only provider-service, whose counters are read
 * @param adminKey may set budgets
 * @param callerKey pays from the budget, and nobody else does meanwhile
 * @param scope of the budget, such as {@code team:growth}; what it is set to stays
 * @param model whose answers all cost about the same, and less than a hundredth of a cent
 */
public record Course(
    URI router, URI providerOps, String adminKey, String callerKey, String scope, String model) {}
