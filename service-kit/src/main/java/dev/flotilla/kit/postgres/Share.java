package dev.flotilla.kit.postgres;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A part of a pool's connections, for work that may come in any amount and waits for itself: it
 * takes no more than these and leaves the others to everybody else. Who finds all of them taken
 * waits without a connection, in order, for up to 5 s. Thread-safe.
 */
public final class Share {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Database database;
  private final int connections;
  private final Semaphore free;

  Share(Database database, int connections) {
    this.database = database;
    this.connections = connections;
    this.free = new Semaphore(connections, true);
  }

  /**
   * As {@link Database#inTransaction}, with one of these connections.
   *
   * @throws DatabaseAwayException also when none comes free in time
   */
  public <T> T inTransaction(Transaction<T> work) {
    enter();
    try {
      return database.inTransaction(work);
    } finally {
      free.release();
    }
  }

  private void enter() {
    try {
      if (free.tryAcquire(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new DatabaseAwayException(
        "all " + connections + " connections for such work have been busy for " + PATIENCE);
  }
}
