package dev.flotilla.provider.resilience;

import static java.util.stream.Collectors.toMap;

import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.DoubleSupplier;

/** Draws lots: each lane comes first as often as its weight says. */
record Lot(DoubleSupplier random) implements Choice {
  @Override
  public List<Lane> order(List<Lane> lanes) {
    // The least of exponentially distributed numbers belongs to each with a chance in proportion to
    // its rate, and so do the next ones among the rest.
    var drawn =
        lanes.stream()
            .collect(
                toMap(
                    lane -> lane,
                    lane -> -Math.log(1 - random.getAsDouble()) / lane.weight(),
                    (a, b) -> a,
                    IdentityHashMap::new));
    return lanes.stream().sorted(Comparator.comparingDouble(drawn::get)).toList();
  }
}
