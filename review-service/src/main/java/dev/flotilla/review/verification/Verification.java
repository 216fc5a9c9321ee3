package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Verifiers at work. Thread-safe. */
public final class Verification {
  private static final Logger LOG = Logger.getLogger(Verification.class.getName());

  private record Begun(Verifier verifier, FutureTask<Verified> task) {}

  private final List<Begun> begun;
  private final Deadline deadline;

  private Verification(List<Begun> begun, Deadline deadline) {
    this.begun = List.copyOf(begun);
    this.deadline = deadline;
  }

  /** Begins all at once. */
  public static Verification of(List<Verifier> asked, Artifact artifact, Deadline deadline) {
    var begun = new ArrayList<Begun>();
    for (Verifier verifier : asked) {
      var task = new FutureTask<>(() -> verifier.verify(artifact, deadline));
      begun.add(new Begun(verifier, task));
      Thread.ofVirtual().name("verify-" + verifier.name()).start(task);
    }
    return new Verification(begun, deadline);
  }

  /**
   * Waits for all, until the deadline at the latest; in the order they were asked for. What is not
   * known by then has not passed.
   */
  public List<Verified> results() {
    return begun.stream().map(this::result).toList();
  }

  private Verified result(Begun one) {
    try {
      return one.task().get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      one.task().cancel(true);
      return one.verifier().failed("not verified within the review's deadline");
    } catch (ExecutionException e) {
      // Without the message, which might quote the artifact.
      LOG.log(
          Level.WARNING,
          "The verifier {0} broke: {1}",
          new Object[] {one.verifier().name(), kind(e.getCause())});
      return one.verifier().failed("not verified: the verifier broke");
    } catch (InterruptedException e) {
      one.task().cancel(true);
      Thread.currentThread().interrupt();
      return one.verifier().failed("not verified: nobody waits any more");
    }
  }

  private static String kind(@Nullable Throwable thrown) {
    return thrown == null ? "?" : thrown.getClass().getName();
  }
}
