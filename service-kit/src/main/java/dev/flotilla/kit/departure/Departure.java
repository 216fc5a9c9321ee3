package dev.flotilla.kit.departure;

import dev.flotilla.kit.http.InFlight;
import java.time.Duration;

/**
 * Whether this process is leaving, and how many are inside. From the moment it is asked to leave it
 * is not ready, so balancers lead elsewhere, and tells every client to close its connection, so
 * pools do. Until nobody is inside it serves whoever still comes: a connection whose stream has
 * just ended may bring one more request. Thread-safe.
 */
public final class Departure {
  private final DepartureConfig config;
  private final InFlight inside = new InFlight(Integer.MAX_VALUE);
  private volatile boolean announced;

  public Departure(DepartureConfig config) {
    this.config = config;
  }

  /** Whether balancers and clients are being sent elsewhere. */
  public boolean announced() {
    return announced;
  }

  /** Somebody is inside until {@link #left}. */
  void came() {
    var _ = inside.enter();
  }

  void left() {
    inside.leave();
  }

  /**
   * Says that this process leaves, and returns when nobody is inside or the grace has passed.
   *
   * @return how many are still inside
   */
  public int announce() throws InterruptedException {
    announced = true;
    Thread.sleep(config.notice());
    return inside.awaitEmpty(config.grace());
  }

  /** As configured: what else has to end in its time is given as long. */
  public Duration grace() {
    return config.grace();
  }
}
