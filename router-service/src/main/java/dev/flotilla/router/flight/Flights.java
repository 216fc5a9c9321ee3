package dev.flotilla.router.flight;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.redis.TimeBoxedRedis;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets one of several requests that are the same ask, and the others wait for its answer: within
 * this process by a map, between routers by a lease in Redis. One request per router and key looks
 * at Redis, the others wait for that one. While Redis is away, each router has its own leader.
 * Thread-safe.
 *
 * @param <T> an answer, which several requests get: nobody may change it
 */
public final class Flights<T> implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Flights.class.getName());
  private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

  private final Leases leases;
  private final FailureMarks failures;
  private final Map<String, Trip<T>> trips = new ConcurrentHashMap<>();
  private final Set<Flight<T>> led = ConcurrentHashMap.newKeySet();
  private final CountDownLatch leaving = new CountDownLatch(1);

  public Flights(FlightConfig config, TimeBoxedRedis redis) {
    this.leases = new Leases(redis, config);
    this.failures = new FailureMarks(config.rememberFailure());
    long every = Math.max(1, config.lease().toMillis() / 3);
    Thread.ofPlatform().daemon().name("flight-leases").start(() -> renewEvery(every));
  }

  /**
   * Waits for whoever asks the same already, or becomes the one who asks.
   *
   * @param key what is the same: tenant, policy and whole request; the name under which an answer
   *     is kept in Redis
   * @param deadline the caller's; nobody waits longer, and nobody is waited for longer
   * @param lookup looks into the answer cache; may be called several times
   */
  public Boarding<T> join(String key, Deadline deadline, Supplier<Optional<T>> lookup) {
    try {
      while (!deadline.passed()) {
        Optional<String> failed = failures.of(key);
        if (failed.isPresent()) {
          return new Boarding.JustFailed<>(failed.get());
        }
        var mine = new Trip<T>();
        Trip<T> before = trips.putIfAbsent(key, mine);
        if (before == null) {
          return first(key, mine, deadline, lookup);
        }
        switch (before.await(deadline)) {
          case Ending.Landed<T>(var answer) -> {
            return new Boarding.Landed<>(answer);
          }
          case Ending.Failed<T>(var mark) -> {
            return new Boarding.JustFailed<>(mark);
          }
          case Ending.NotShared<T>() -> {
            return new Boarding.Alone<>();
          }
          case Ending.Abandoned<T>() -> {
            // the next round: one of us is the first now, or the deadline has passed
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new Boarding.Alone<>();
  }

  /** The first of this process: looks whether another router leads, and waits for that one. */
  private Boarding<T> first(
      String key, Trip<T> trip, Deadline deadline, Supplier<Optional<T>> lookup)
      throws InterruptedException {
    var flight = new Flight<>(this, key, Leases.token(), trip, deadline);
    // of those who wait for this one, one takes over, whatever goes wrong here
    Ending<T> ending = new Ending.Abandoned<>();
    boolean leads = false;
    try {
      for (Duration pause = FIRST_PAUSE; ; pause = longer(pause)) {
        switch (leases.board(key, flight.token())) {
          case Leases.Found.Ours() -> leads = true;
          case Leases.Found.Kept() -> {
            // Whoever led before has landed after we looked.
            Optional<T> answer = lookup.get();
            if (answer.isPresent()) {
              ending = new Ending.Landed<>(answer.get());
              return new Boarding.Landed<>(answer.get());
            }
            // Something that cannot be read: whoever asks overwrites it.
            ending = new Ending.NotShared<>();
            return new Boarding.Alone<>();
          }
          case Leases.Found.Unknown() -> leads = true;
          case Leases.Found.Failed(var mark) -> {
            ending = new Ending.Failed<>(mark);
            return new Boarding.JustFailed<>(mark);
          }
          case Leases.Found.NotShared() -> {
            ending = new Ending.NotShared<>();
            return new Boarding.Alone<>();
          }
          case Leases.Found.Theirs() -> {
            if (deadline.remaining().compareTo(pause) <= 0) {
              Thread.sleep(deadline.remaining());
              return new Boarding.Alone<>();
            }
            Thread.sleep(pause);
            Optional<T> answer = lookup.get();
            if (answer.isPresent()) {
              ending = new Ending.Landed<>(answer.get());
              return new Boarding.Landed<>(answer.get());
            }
          }
        }
        if (leads) {
          led.add(flight);
          return new Boarding.Lead<>(flight);
        }
      }
    } finally {
      if (!leads) {
        tell(flight, ending);
      }
    }
  }

  /** Ends a flight that was led. */
  void end(Flight<T> flight, Ending<T> how) {
    if (!flight.finish()) {
      return;
    }
    led.remove(flight);
    if (how instanceof Ending.Failed<T>(var mark)) {
      failures.remember(flight.key(), mark);
    }
    tell(flight, how);
    switch (how) {
      case Ending.Failed<T>(var mark) -> leases.failed(flight.key(), flight.token(), mark);
      case Ending.NotShared<T>() -> leases.notShared(flight.key(), flight.token());
      case Ending.Landed<T> _, Ending.Abandoned<T> _ ->
          leases.release(flight.key(), flight.token());
    }
  }

  private void tell(Flight<T> flight, Ending<T> how) {
    // Out of the map before anybody wakes: who comes now, or comes back, begins anew.
    trips.remove(flight.key(), flight.trip());
    flight.trip().end(how);
  }

  private void renewEvery(long millis) {
    try {
      while (!leaving.await(millis, TimeUnit.MILLISECONDS)) {
        renew();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void renew() {
    for (Flight<T> flight : led) {
      try {
        if (flight.deadline().passed()) {
          flight.close(); // its leader has forgotten it, or will answer nobody who still waits
        } else {
          flight.whileFlying(() -> leases.renew(flight.key(), flight.token()));
        }
      } catch (RuntimeException e) {
        // one that fails must not end all renewing
        LOG.log(Level.WARNING, "a flight's lease was not renewed", e);
      }
    }
  }

  /** How many flights this router leads. */
  int leading() {
    return led.size();
  }

  /** Stops renewing: what is still led is taken over by other routers when its lease runs out. */
  @Override
  public void close() {
    leaving.countDown();
  }

  private static Duration longer(Duration pause) {
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }
}
