package dev.flotilla.provider.resilience;

import dev.flotilla.catalog.Model;

/**
 * What fails together.
 *
 * @param model catalogue id; a simulated failure is a model of its own
 * @param key id of the provider's key, never the key: the name of the variable that holds it, or
 *     {@code default} when there is none
 */
record CircuitKey(String provider, String model, String key) {
  static CircuitKey of(Model model) {
    String key = model.provider().keyEnv();
    return new CircuitKey(model.provider().id(), model.id(), key == null ? "default" : key);
  }
}
