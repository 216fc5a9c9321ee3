package dev.flotilla.review.panel;

import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseAwayException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the panels of this instance held, and goes on with those whose instance is gone, under
 * their own ids. Every replica has one. Thread-safe.
 */
public final class Resumption implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Resumption.class.getName());
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  private final Database database;
  private final Sittings sittings;
  private final ReviewDesk desk;
  private final CountDownLatch leaving = new CountDownLatch(1);

  public Resumption(Database database, Sittings sittings, ReviewDesk desk) {
    this.database = database;
    this.sittings = sittings;
    this.desk = desk;
  }

  /** Begins to look. */
  public void start() {
    Thread.ofVirtual().name("resumption").start(this::work);
  }

  private void work() {
    do {
      try {
        if (database.awaitMigrated(BETWEEN)) {
          sittings.renew();
          sittings.takeOver().forEach(this::goOn);
        }
      } catch (DatabaseAwayException e) {
        LOG.log(Level.DEBUG, "panels that were left are looked for later: {0}", e.getMessage());
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "panels that were left could not be looked for", e);
      }
    } while (!left());
  }

  private void goOn(Sittings.Left left) {
    LOG.log(
        Level.INFO,
        "goes on with {0}: {1} of its reviewers are done",
        left.reviewId(),
        left.filled().size());
    Thread.ofVirtual().name(left.reviewId()).start(() -> resume(left));
  }

  private void resume(Sittings.Left left) {
    try {
      desk.goOn(left);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, left.reviewId() + " could not be gone on with", e);
    }
  }

  private boolean left() {
    try {
      return leaving.await(BETWEEN.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  @Override
  public void close() {
    leaving.countDown();
  }
}
