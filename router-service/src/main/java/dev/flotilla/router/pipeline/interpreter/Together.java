package dev.flotilla.router.pipeline.interpreter;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Several pieces of a run at the same time. After a failure nothing more begins, and what has begun
 * comes to its end. One that rests does not hold up the others.
 */
final class Together {
  private Together() {}

  /**
   * Does {@code piece} for 0 to {@code pieces - 1}.
   *
   * @param most at the same time
   */
  static void run(int pieces, int most, IntConsumer piece) {
    if (pieces == 1) {
      piece.accept(0);
      return;
    }
    var next = new AtomicInteger();
    var failed = new AtomicReference<@Nullable RuntimeException>();
    var resting = new AtomicReference<Stop.@Nullable Resting>();
    List<Future<?>> workers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < Math.min(pieces, most); i++) {
        workers.add(threads.submit(() -> work(next, pieces, piece, failed, resting)));
      }
      try {
        for (Future<?> worker : workers) {
          worker.get();
        }
      } catch (InterruptedException e) {
        // Whoever is asked something now is told to give up.
        threads.shutdownNow();
        failed.compareAndSet(null, new Stop.Leaving());
        Thread.currentThread().interrupt();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a piece failed outside of itself", e.getCause());
      }
    }
    RuntimeException failure = failed.get();
    if (failure != null) {
      throw failure;
    }
    Stop.Resting rest = resting.get();
    if (rest != null) {
      throw rest;
    }
  }

  private static void work(
      AtomicInteger next,
      int pieces,
      IntConsumer piece,
      AtomicReference<@Nullable RuntimeException> failed,
      AtomicReference<Stop.@Nullable Resting> resting) {
    for (int i = next.getAndIncrement();
        i < pieces && failed.get() == null;
        i = next.getAndIncrement()) {
      try {
        piece.accept(i);
      } catch (Stop.Resting rest) {
        resting.accumulateAndGet(rest, (before, one) -> one == null ? before : one.and(before));
      } catch (RuntimeException e) {
        failed.compareAndSet(null, e);
      } catch (Error e) {
        failed.compareAndSet(null, new IllegalStateException(e));
      }
    }
  }
}
