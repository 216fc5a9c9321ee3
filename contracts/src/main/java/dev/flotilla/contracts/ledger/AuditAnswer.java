package dev.flotilla.contracts.ledger;

import java.util.List;

/**
 * What the ledger has of the attempts it was asked for.
 *
 * @param attempts those it knows, in no order; who is not among them is not in the ledger
 */
public record AuditAnswer(List<AttemptAmount> attempts) {}
