package dev.flotilla.contracts.decision;

/**
 * What one of the signals said that a decision was made of.
 *
 * @param from {@code rules classifier llm default} about the kind of work, {@code gain shadow}
 *     about models
 * @param says a task type, or a model
 * @param value how sure it is, 0 to 1; the gain that is expected of the stronger model, −1 to 1;
 *     the chance with which a request was shown to a second model
 */
public record DecisionSignal(String from, String says, double value) {}
