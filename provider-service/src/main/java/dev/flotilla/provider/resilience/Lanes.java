package dev.flotilla.provider.resilience;

import static java.util.Comparator.comparing;

import dev.flotilla.catalog.Deployment;
import dev.flotilla.catalog.Model;
import dev.flotilla.provider.bucket.Buckets;
import dev.flotilla.provider.bucket.Grant;
import dev.flotilla.provider.bucket.Remaining;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All ways to all models: one for each place where a model is served and each key. Which of them a
 * call takes is decided here. They begin with the first call of their model, so there are no more
 * than the catalogue has. Thread-safe.
 */
public final class Lanes {
  private final BreakerConfig config;
  private final ParkedKeys keys;
  private final Buckets buckets;
  private final Predicate<String> isSet;
  private final DoubleSupplier random;
  private final LongSupplier nanoClock;
  private final Map<String, List<Lane>> lanes = new ConcurrentHashMap<>();

  /**
   * @param isSet whether an environment variable holds a key
   * @param random numbers from 0 to less than 1
   * @param nanoClock as {@link System#nanoTime}
   */
  public Lanes(
      BreakerConfig config,
      ParkedKeys keys,
      Buckets buckets,
      Predicate<String> isSet,
      DoubleSupplier random,
      LongSupplier nanoClock) {
    this.config = config;
    this.keys = keys;
    this.buckets = buckets;
    this.isSet = isSet;
    this.random = random;
    this.nanoClock = nanoClock;
  }

  /** The model as it may be asked, once for each way to it; at least one. */
  public List<Model> waysTo(Model model) {
    return waysIn(model).stream().map(way -> model.at(way.place(), way.keyEnv())).toList();
  }

  /**
   * A way to a model: in order its circuit is asked, then its bucket.
   *
   * @param expectedTokens of input and output together
   * @param taken ways this call has tried: the others are preferred
   */
  public Way find(Model model, long expectedTokens, Collection<Pass> taken) {
    Duration closed = null;
    Duration full = null;
    for (Lane lane : ordered(model, taken)) {
      switch (lane.breaker().admit()) {
        case Permit permit -> {
          switch (take(lane, expectedTokens, permit)) {
            case Grant.Taken grant -> {
              return new Pass(lane, permit, grant, keys, nanoClock);
            }
            case Grant.Wait(Duration retryAfter) -> {
              permit.giveBack(Evidence.NONE);
              full = shorter(full, retryAfter);
            }
          }
        }
        case Admission.Refused(Duration retryAfter) -> closed = shorter(closed, retryAfter);
      }
    }
    if (full != null) {
      return new Way.Full(full);
    }
    return new Way.Resting(closed == null ? Duration.ZERO : closed);
  }

  private static Grant take(Lane lane, long expectedTokens, Permit permit) {
    try {
      return lane.bucket().take(expectedTokens);
    } catch (RuntimeException | Error bug) {
      permit.giveBack(Evidence.NONE);
      throw bug;
    }
  }

  private static Duration shorter(@Nullable Duration a, Duration b) {
    return a == null || b.compareTo(a) < 0 ? b : a;
  }

  /** Whether there is a way this call has not tried, and nobody asked us to leave it alone. */
  public boolean hasAnother(Model model, Collection<Pass> taken) {
    return lanesOf(model).stream()
        .anyMatch(lane -> !isTaken(lane, taken) && !lane.rests() && parkedNanos(lane) <= 0);
  }

  /** One for each model that was called, in the order of their names: the best of its ways. */
  public List<Circuit> circuits() {
    return lanes.values().stream().map(Lanes::best).sorted(comparing(Circuit::model)).toList();
  }

  /**
   * What is left of what the provider of a model grants, over all ways to it; empty fields where
   * nothing is known of any.
   */
  public Remaining remaining(String model) {
    return lanes.getOrDefault(model, List.of()).stream()
        .map(lane -> lane.bucket().remaining())
        .reduce(Remaining.UNKNOWN, Remaining::and);
  }

  /** How long a model's last streams took to begin, milliseconds, over all ways to it. */
  public List<Long> firstChunks(String model) {
    return lanes.getOrDefault(model, List.of()).stream()
        .flatMap(lane -> lane.firstChunks().millis().stream())
        .toList();
  }

  /** The worst state among a model's ways; closed when it was never called. */
  public CircuitState stateOf(Model model) {
    return lanes.getOrDefault(model.id(), List.of()).stream()
        .map(lane -> lane.breaker().circuit().state())
        .max(Comparator.naturalOrder())
        .orElse(CircuitState.CLOSED);
  }

  /** Whether one of the model's ways leads to a provider that does not know it. */
  public boolean isGone(Model model) {
    return lanes.getOrDefault(model.id(), List.of()).stream()
        .anyMatch(lane -> lane.breaker().circuit().gone());
  }

  private static Circuit best(List<Lane> ways) {
    return ways.stream()
        .map(lane -> lane.breaker().circuit())
        .min(
            comparing(Circuit::state)
                .thenComparing(c -> c.retryAfter() == null ? Duration.ZERO : c.retryAfter()))
        .orElseThrow();
  }

  private List<Lane> ordered(Model model, Collection<Pass> taken) {
    List<Lane> all = lanesOf(model);
    List<Lane> usable = all.stream().filter(lane -> parkedNanos(lane) <= 0).toList();
    if (usable.isEmpty()) {
      // A key that may be refused is better than no answer for certain.
      return List.of(all.stream().min(Comparator.comparingLong(this::parkedNanos)).orElseThrow());
    }
    return Choice.of(model.balance(), random).order(usable).stream()
        .sorted(Comparator.comparingInt(lane -> isTaken(lane, taken) ? 2 : lane.rests() ? 1 : 0))
        .toList();
  }

  private static boolean isTaken(Lane lane, Collection<Pass> taken) {
    return taken.stream().anyMatch(pass -> pass.lane() == lane);
  }

  private long parkedNanos(Lane lane) {
    return keys.nanosLeft(lane.model().provider().id(), lane.key());
  }

  private List<Lane> lanesOf(Model model) {
    return lanes.computeIfAbsent(
        model.id(),
        id ->
            waysIn(model).stream()
                .map(way -> new Lane(model, way.place(), way.keyEnv(), config, buckets, nanoClock))
                .toList());
  }

  private record PlaceAndKey(Deployment place, @Nullable String keyEnv) {}

  private List<PlaceAndKey> waysIn(Model model) {
    var ways = new ArrayList<PlaceAndKey>();
    for (Deployment place : model.deployments()) {
      List<String> all = place.provider().keyEnvs();
      List<String> set = all.stream().filter(isSet).toList();
      if (set.isEmpty()) {
        // Perhaps none is needed, behind a gateway; else the provider will say so.
        ways.add(new PlaceAndKey(place, place.provider().keyEnv()));
      }
      set.forEach(key -> ways.add(new PlaceAndKey(place, key)));
    }
    return ways;
  }
}
