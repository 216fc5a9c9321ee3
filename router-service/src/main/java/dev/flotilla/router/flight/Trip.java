package dev.flotilla.router.flight;

import dev.flotilla.kit.http.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What the requests of this process that are the same wait for. Ends once. Thread-safe. */
final class Trip<T> {
  private final CompletableFuture<Ending<T>> over = new CompletableFuture<>();

  void end(Ending<T> how) {
    over.complete(how);
  }

  /** How it ended; as abandoned when the deadline passed before. */
  Ending<T> await(Deadline deadline) throws InterruptedException {
    try {
      return over.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return new Ending.Abandoned<>();
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody ends a trip with an exception", e);
    }
  }
}
