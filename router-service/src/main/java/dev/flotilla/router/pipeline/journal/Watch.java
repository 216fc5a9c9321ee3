package dev.flotilla.router.pipeline.journal;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells those who watch a run in this process that something happened. Whoever watches looks by
 * itself now and then: the run may go on in another process. Thread-safe.
 */
public final class Watch {
  private static final String SETTLED = "#settled";

  private final ConcurrentMap<String, CountDownLatch> watched = new ConcurrentHashMap<>();

  /** Anything. */
  void happened(String run) {
    signal(run);
  }

  /** It has ended, or rests. */
  void settled(String run) {
    signal(run);
    signal(run + SETTLED);
  }

  private void signal(String key) {
    CountDownLatch latch = watched.remove(key);
    if (latch != null) {
      latch.countDown();
    }
  }

  /** Something to wait for; got before looking, so that nothing is missed between. */
  public Next next(String run) {
    return waiting(run);
  }

  /** The same for the run's end or rest, whatever happens before. */
  public Next nextSettled(String run) {
    return waiting(run + SETTLED);
  }

  private Next waiting(String run) {
    CountDownLatch latch = watched.computeIfAbsent(run, key -> new CountDownLatch(1));
    return atMost -> {
      try {
        if (!latch.await(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
          // Others who wait for it look by themselves.
          watched.remove(run, latch);
          latch.countDown();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  /** The next thing that happens to a run. */
  @FunctionalInterface
  public interface Next {
    /** Returns when it happened here, or that time is over. */
    void await(Duration atMost);
  }
}
