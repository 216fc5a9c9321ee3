package dev.flotilla.provider.resilience;

import static java.util.stream.Collectors.toMap;

import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.DoubleSupplier;

/** Prefers the lane where an answer is likely to begin soonest; lots decide among equals. */
record ShortestWait(DoubleSupplier random) implements Choice {
  @Override
  public List<Lane> order(List<Lane> lanes) {
    // Read once: it changes while we sort.
    var waits =
        lanes.stream()
            .collect(
                toMap(
                    lane -> lane,
                    lane -> lane.load().expectedNanos() / lane.weight(),
                    (a, b) -> a,
                    IdentityHashMap::new));
    return new Lot(random)
        .order(lanes).stream().sorted(Comparator.comparingDouble(waits::get)).toList();
  }
}
