package dev.flotilla.local.supervision;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for a process to end, be it our child or not. */
public final class ProcessEnd {
  // The JDK hears of a child's end at once, but looks for a stranger's only every few seconds.
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  private ProcessEnd() {}

  /**
   * @return whether it ended in time
   */
  public static boolean within(Duration patience, ProcessHandle process) {
    var deadline = System.nanoTime() + patience.toNanos();
    while (process.isAlive()) {
      var left = Duration.ofNanos(deadline - System.nanoTime());
      if (!left.isPositive()) {
        return false;
      }
      await(process, left.compareTo(BETWEEN_LOOKS) < 0 ? left : BETWEEN_LOOKS);
    }
    return true;
  }

  private static void await(ProcessHandle process, Duration patience) {
    try {
      process.onExit().get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // Looked at again by the caller.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CannotStart("Interrupted while waiting for process " + process.pid(), e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
