package dev.flotilla.provider.resilience;

import static java.util.stream.Collectors.toMap;

import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.DoubleSupplier;

/** Prefers the lane with the fewest calls for its weight; lots decide among equals. */
record FewestCalls(DoubleSupplier random) implements Choice {
  @Override
  public List<Lane> order(List<Lane> lanes) {
    // Read once: it changes while we sort.
    var busy =
        lanes.stream()
            .collect(
                toMap(
                    lane -> lane,
                    lane -> (lane.load().inFlight() + 1.0) / lane.weight(),
                    (a, b) -> a,
                    IdentityHashMap::new));
    return new Lot(random)
        .order(lanes).stream().sorted(Comparator.comparingDouble(busy::get)).toList();
  }
}
