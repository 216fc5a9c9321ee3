package dev.flotilla.router.shadow;

import dev.flotilla.catalog.Model;
import dev.flotilla.learning.shadow.Evidence;
import dev.flotilla.learning.shadow.Standing;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.routing.Learning;
import dev.flotilla.router.routing.Promotions;
import dev.flotilla.router.store.NoStore;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What was learned, as this router knows it: read from PostgreSQL every few seconds, so that a
 * request never waits for it. While the database is away the last that was read holds. Thread-safe.
 */
final class Lessons implements Promotions, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Lessons.class.getName());

  /** While the schema is migrated nothing is learned; that takes a second or so. */
  private static final Duration AT_THE_START = Duration.ofMillis(100);

  private final LessonBook book;
  private final Learning learning;
  private final Duration between;
  private final ConcurrentMap<Use, Saved> used = new ConcurrentHashMap<>();
  private final CountDownLatch leaving = new CountDownLatch(1);

  /** Nano-dollars that are not in what was read. */
  private final AtomicLong spentSince = new AtomicLong();

  private final ReentrantLock refreshing = new ReentrantLock();
  private volatile Known known = new Known(List.of(), Map.of(), Long.MAX_VALUE);

  /**
   * @param spentToday nano-dollars; more than anybody may spend until it was read
   */
  private record Known(List<Lesson> lessons, Map<TaskType, Model> promoted, long spentToday) {}

  private record Use(TaskType type, Model candidate) {}

  private record Saved(long requests, long nanos) {
    Saved and(Saved more) {
      return new Saved(requests + more.requests, Math.addExact(nanos, more.nanos));
    }
  }

  private Lessons(LessonBook book, Learning learning, Duration between) {
    this.book = book;
    this.learning = learning;
    this.between = between;
  }

  /** Begins to read. */
  static Lessons open(LessonBook book, Learning learning, Duration between) {
    var lessons = new Lessons(book, learning, between);
    Thread.ofVirtual().name("lessons").start(lessons::follow);
    return lessons;
  }

  @Override
  public Optional<Model> promoted(TaskType type) {
    return Optional.ofNullable(known.promoted().get(type));
  }

  /** Nothing when it was never tried. */
  Evidence evidence(TaskType type, Model candidate) {
    for (Lesson lesson : known.lessons()) {
      if (lesson.type() == type && lesson.candidate().equals(candidate)) {
        return lesson.evidence();
      }
    }
    return Evidence.NONE;
  }

  /** What may still be spent on learning today, nano-dollars; 0 until that is known. */
  long leftToday() {
    return Math.max(0, learning.dayNanos() - known.spentToday() - spentSince.get());
  }

  /** Something was paid, nano-dollars. */
  void spent(TaskType type, Model candidate, long nanos) {
    book.spent(type, candidate, nanos);
    spentSince.addAndGet(nanos);
  }

  /**
   * A promoted model answered.
   *
   * @param savedNanos beside the model it stands in for, nano-dollars
   */
  void answered(TaskType type, Model candidate, long savedNanos) {
    used.merge(new Use(type, candidate), new Saved(1, savedNanos), Saved::and);
  }

  /** Reads what all routers know by now. */
  void refresh() {
    refreshing.lock();
    try {
      read();
    } finally {
      refreshing.unlock();
    }
  }

  private void read() {
    List<Lesson> lessons = book.lessons();
    long before = spentSince.get();
    long spentToday = book.spentToday();
    var promoted = new ConcurrentHashMap<TaskType, Model>();
    // The one to be preferred is the first in the policy's order.
    learning
        .cheaper()
        .forEach(
            (type, candidates) ->
                candidates.stream()
                    .filter(
                        candidate ->
                            lessons.stream()
                                .anyMatch(
                                    lesson ->
                                        lesson.type() == type
                                            && lesson.candidate().equals(candidate)
                                            && lesson.evidence().standing() == Standing.PROMOTED))
                    .findFirst()
                    .ifPresent(candidate -> promoted.put(type, candidate)));
    known = new Known(lessons, Map.copyOf(promoted), spentToday);
    // What is written down while this is read may count twice until the next time, but never not
    // at all.
    spentSince.addAndGet(-before);
  }

  private void follow() {
    int failures = 0;
    Duration pause = AT_THE_START;
    do {
      try {
        tellUses();
        refresh();
        failures = 0;
        pause = between;
      } catch (NoStore e) {
        // Migrating, or away; it is looked at again, and said ever more rarely.
        if (Integer.bitCount(++failures) == 1 && failures > 4) {
          LOG.log(Level.WARNING, "what was learned cannot be read: {0}", e.getMessage());
        }
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "what was learned cannot be read; the last that was read holds", e);
        pause = between;
      }
    } while (!left(pause));
  }

  private boolean left(Duration within) {
    try {
      return leaving.await(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void tellUses() {
    for (Use use : new ArrayList<>(used.keySet())) {
      Saved saved = used.remove(use);
      if (saved != null) {
        try {
          book.used(use.type(), use.candidate(), saved.requests(), saved.nanos());
        } catch (NoStore e) {
          used.merge(use, saved, Saved::and);
          throw e;
        }
      }
    }
  }

  /** Tells what was not told yet. */
  @Override
  public void close() {
    leaving.countDown();
    try {
      tellUses();
    } catch (NoStore e) {
      LOG.log(Level.WARNING, "left without telling what was saved: {0}", e.getMessage());
    }
  }
}
