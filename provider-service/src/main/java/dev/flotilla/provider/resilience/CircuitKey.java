package dev.flotilla.provider.resilience;

/**
 * What fails together.
 *
 * @param model catalogue id; a simulated failure is a model of its own
 * @param deployment where the model is served
 * @param key id of the provider's key, never the key: the name of the variable that holds it, or
 *     {@code default} when there is none
 */
record CircuitKey(String provider, String model, String deployment, String key) {}
