package dev.flotilla.local.supervision;

import java.time.Duration;

/** Waits for a process to end, be it our child or not. */
public final class ProcessEnd {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  private ProcessEnd() {}

  /**
   * By looking, not by {@link ProcessHandle#onExit()}: of a process that is not its child the JDK
   * hears only after seconds.
   *
   * @return whether it ended in time
   */
  public static boolean within(Duration patience, ProcessHandle process) {
    var deadline = System.nanoTime() + patience.toNanos();
    while (process.isAlive()) {
      var left = Duration.ofNanos(deadline - System.nanoTime());
      if (!left.isPositive()) {
        return false;
      }
      pause(left.compareTo(BETWEEN_LOOKS) < 0 ? left : BETWEEN_LOOKS);
    }
    return true;
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CannotStart("Interrupted while waiting for a process to end", e);
    }
  }
}
