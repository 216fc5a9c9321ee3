package dev.flotilla.kit.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends a write that takes too long. No socket has a time-out for writing, but one a virtual thread
 * waits for is closed when that thread is interrupted. Begun and closed by the thread that writes.
 *
 * <p>One thread looks at all writes ten times a second. An alarm for each would wake a thread for
 * every chunk of every stream, only to be called off.
 */
final class PatientWrite implements AutoCloseable {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
  private static final Set<PatientWrite> UNDERWAY = ConcurrentHashMap.newKeySet();

  static {
    Thread.ofPlatform().daemon().name("caller-watch").start(PatientWrite::watch);
  }

  private final Thread writer = Thread.currentThread();
  private final long end;

  // Guarded by this.
  private boolean over;
  private boolean interrupted;

  private PatientWrite(Duration patience) {
    end = System.nanoTime() + patience.toNanos();
  }

  static PatientWrite begin(Duration patience) {
    var write = new PatientWrite(patience);
    UNDERWAY.add(write);
    return write;
  }

  /** The interruption was for this write and must not reach what the thread does next. */
  @Override
  public void close() {
    UNDERWAY.remove(this);
    synchronized (this) {
      over = true;
      if (interrupted) {
        var _ = Thread.interrupted();
      }
    }
  }

  private synchronized void endIfLate(long now) {
    if (!over && !interrupted && now - end >= 0) {
      interrupted = true;
      writer.interrupt();
    }
  }

  private static void watch() {
    try {
      while (true) {
        Thread.sleep(BETWEEN_LOOKS);
        long now = System.nanoTime();
        UNDERWAY.forEach(write -> write.endIfLate(now));
      }
    } catch (InterruptedException e) {
      // Nobody has this thread's name; the process ends.
      Thread.currentThread().interrupt();
    }
  }
}
