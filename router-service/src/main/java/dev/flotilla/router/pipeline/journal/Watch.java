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
  private final ConcurrentMap<String, CountDownLatch> watched = new ConcurrentHashMap<>();

  void happened(String run) {
    CountDownLatch latch = watched.remove(run);
    if (latch != null) {
      latch.countDown();
    }
  }

  /** Something to wait for; got before looking, so that nothing is missed between. */
  public Next next(String run) {
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
