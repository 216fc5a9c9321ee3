package dev.flotilla.provider.resilience;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keys that their provider refused: each is left out for a while that grows with every refusal
 * until it is accepted once. Knows them by the names of their variables only. Thread-safe.
 */
public final class ParkedKeys {
  private static final Logger LOG = Logger.getLogger(ParkedKeys.class.getName());

  private final KeyConfig config;
  private final LongSupplier nanoClock;
  private final Map<Key, Parking> parked = new HashMap<>();

  /**
   * @param nanoClock as {@link System#nanoTime}
   */
  public ParkedKeys(KeyConfig config, LongSupplier nanoClock) {
    this.config = config;
    this.nanoClock = nanoClock;
  }

  private record Key(String provider, String name) {}

  private record Parking(long untilNanos, Duration time) {}

  /** Whether it is to be left out now, if there is another one. */
  public synchronized boolean isParked(String provider, String key) {
    return nanosLeft(provider, key) > 0;
  }

  /** Until it is used again; 0 or less when it is. */
  synchronized long nanosLeft(String provider, String key) {
    Parking parking = parked.get(new Key(provider, key));
    return parking == null ? 0 : parking.untilNanos() - nanoClock.getAsLong();
  }

  synchronized void refused(String provider, String key, int status) {
    Parking before = parked.get(new Key(provider, key));
    long now = nanoClock.getAsLong();
    if (before != null && before.untilNanos() - now > 0) {
      // Used all the same, as the last resort, or by a call that had begun before.
      return;
    }
    Duration time = before == null ? config.park() : doubled(before.time());
    parked.put(new Key(provider, key), new Parking(now + time.toNanos(), time));
    LOG.log(
        Level.WARNING,
        "{0} answered {1} to the key in {2}: it is left out for {3} if there is another one; put a"
            + " key that is valid and paid for into {2}",
        new Object[] {provider, status, key, time});
  }

  synchronized void accepted(String provider, String key) {
    if (parked.remove(new Key(provider, key)) != null) {
      LOG.log(Level.INFO, "{0} accepts the key in {1} again", new Object[] {provider, key});
    }
  }

  /** There is another key in the variable: what was refused was the old one. */
  public synchronized void replaced(String variable) {
    parked.keySet().removeIf(key -> key.name().equals(variable));
  }

  private Duration doubled(Duration time) {
    Duration twice = time.multipliedBy(2);
    return twice.compareTo(config.longestPark()) > 0 ? config.longestPark() : twice;
  }
}
