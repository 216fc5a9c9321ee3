package dev.flotilla.review.people;

import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseAwayException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that deadlines answer and runs are woken when nobody looks. Every replica has one, and
 * they do not disturb each other. Thread-safe.
 */
public final class Caretaker implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Caretaker.class.getName());

  /** Another replica may have promised something and died. */
  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(10);

  private final Semaphore reasons = new Semaphore(0);
  private final Duration afterFailure = Duration.ofSeconds(1);
  private @Nullable Thread thread;

  /** There may be something to do earlier than was thought. */
  public void wakeUp() {
    reasons.release();
  }

  /**
   * @param waker null when nobody is told about decisions
   */
  public synchronized void start(Database database, Questions questions, @Nullable Waker waker) {
    Hints hints = waker == null ? null : new Hints(database, waker);
    thread = Thread.ofVirtual().name("people").start(() -> work(database, questions, hints));
  }

  private void work(Database database, Questions questions, @Nullable Hints hints) {
    while (!Thread.currentThread().isInterrupted()) {
      Duration pause = afterFailure;
      try {
        if (database.awaitMigrated(LONGEST_SLEEP)) {
          Optional<Instant> deadline = questions.sweep();
          Optional<Instant> hint = hints == null ? Optional.empty() : hints.give();
          pause = until(deadline, hint);
        }
      } catch (DatabaseAwayException e) {
        LOG.log(Level.DEBUG, "deadlines are looked at later: {0}", e.getMessage());
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "deadlines of people's decisions could not be looked at", e);
        pause = LONGEST_SLEEP;
      }
      sleep(pause);
    }
  }

  private void sleep(Duration pause) {
    try {
      if (reasons.tryAcquire(pause.toMillis() + 1, TimeUnit.MILLISECONDS)) {
        reasons.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** By our clock, which need not be the database's: too early only means to look once more. */
  private static Duration until(Optional<Instant> deadline, Optional<Instant> hint) {
    Instant now = Instant.now();
    return Stream.of(deadline, hint)
        .flatMap(Optional::stream)
        .map(moment -> Duration.between(now, moment))
        .map(pause -> pause.compareTo(Duration.ofMillis(50)) < 0 ? Duration.ofMillis(50) : pause)
        .filter(pause -> pause.compareTo(LONGEST_SLEEP) < 0)
        .min(Duration::compareTo)
        .orElse(LONGEST_SLEEP);
  }

  @Override
  public synchronized void close() {
    if (thread != null) {
      thread.interrupt();
    }
  }
}
