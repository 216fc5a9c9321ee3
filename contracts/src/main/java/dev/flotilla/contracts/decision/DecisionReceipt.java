package dev.flotilla.contracts.decision;

/**
 * What became of a batch: each of its decisions is counted in exactly one of the three.
 *
 * @param accepted written now
 * @param duplicate there was one for the same request of the same team already; it stays
 * @param rejected unreadable; cost-service's log says why
 */
public record DecisionReceipt(int accepted, int duplicate, int rejected) {}
