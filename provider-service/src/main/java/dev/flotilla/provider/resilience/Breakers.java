package dev.flotilla.provider.resilience;

import dev.flotilla.catalog.Model;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * All circuits. One begins, closed, with the first call of its model, so there are no more than
 * models and keys. Thread-safe.
 */
public final class Breakers {
  private final BreakerConfig config;
  private final LongSupplier nanoClock;
  private final Map<CircuitKey, Breaker> breakers = new ConcurrentHashMap<>();

  /**
   * @param nanoClock as {@link System#nanoTime}
   */
  public Breakers(BreakerConfig config, LongSupplier nanoClock) {
    this.config = config;
    this.nanoClock = nanoClock;
  }

  /** Whether a call may go to this model now; an admission that is a {@link Permit} is returned. */
  public Admission admit(Model model) {
    return breakers
        .computeIfAbsent(CircuitKey.of(model), key -> new Breaker(key, config, nanoClock))
        .admit();
  }

  /** Those of models that were called, in the order of their names. */
  public List<Circuit> circuits() {
    return breakers.values().stream()
        .sorted(Comparator.comparing(breaker -> breaker.key().model()))
        .map(Breaker::circuit)
        .toList();
  }

  /** The worst state among a model's keys; closed when it was never called. */
  public CircuitState stateOf(Model model) {
    return breakers.values().stream()
        .filter(breaker -> breaker.key().model().equals(model.id()))
        .map(breaker -> breaker.circuit().state())
        .max(Comparator.naturalOrder())
        .orElse(CircuitState.CLOSED);
  }
}
