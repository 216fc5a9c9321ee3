package dev.flotilla.provider.resilience;

import dev.flotilla.catalog.Balance;
import java.util.List;
import java.util.function.DoubleSupplier;

/** In which order equals are asked. Thread-safe. */
interface Choice {
  /** All of them, the best first. */
  List<Lane> order(List<Lane> lanes);

  /**
   * @param random numbers from 0 to less than 1
   */
  static Choice of(Balance balance, DoubleSupplier random) {
    return switch (balance) {
      case WEIGHTED -> new Lot(random);
      case LEAST_IN_FLIGHT -> new FewestCalls(random);
      case PEAK_EWMA -> new ShortestWait(random);
    };
  }
}
