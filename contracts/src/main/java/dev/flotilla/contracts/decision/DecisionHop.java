package dev.flotilla.contracts.decision;

/**
 * A candidate that was left for the next one.
 *
 * @param from catalogue id of the model that gave no answer
 * @param reason why the router went on, one of {@link dev.flotilla.contracts.call.Outcomes}
 */
public record DecisionHop(String from, String reason) {}
