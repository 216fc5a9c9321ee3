package dev.flotilla.kit.http;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends a write that takes too long. No socket has a time-out for writing, but one a virtual thread
 * waits for is closed when that thread is interrupted. Begun and closed by the thread that writes.
 */
final class PatientWrite implements AutoCloseable {
  private static final ScheduledThreadPoolExecutor WATCH = watch();

  private final Thread writer = Thread.currentThread();
  private final Future<?> alarm;
  private boolean over;
  private boolean interrupted;

  private PatientWrite(Duration patience) {
    alarm = WATCH.schedule(this::interrupt, patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  static PatientWrite begin(Duration patience) {
    return new PatientWrite(patience);
  }

  private synchronized void interrupt() {
    if (!over) {
      interrupted = true;
      writer.interrupt();
    }
  }

  /** The interruption was for this write and must not reach what the thread does next. */
  @Override
  public void close() {
    alarm.cancel(false);
    synchronized (this) {
      over = true;
      if (interrupted) {
        var _ = Thread.interrupted();
      }
    }
  }

  private static ScheduledThreadPoolExecutor watch() {
    var threads =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("caller-watch").factory());
    // Nearly every alarm is called off at once.
    threads.setRemoveOnCancelPolicy(true);
    return threads;
  }
}
