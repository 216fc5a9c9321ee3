package dev.flotilla.kit.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts calls that are being answered, so that leaving can wait for them. Thread-safe. */
public final class InFlight {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition empty = lock.newCondition();
  private int calls;
  private boolean closed;

  /** Whether a call may begin; every one that may must {@link #leave}. */
  public boolean enter() {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      calls++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  public void leave() {
    lock.lock();
    try {
      calls--;
      if (calls == 0) {
        empty.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets nobody in any more and waits for those inside.
   *
   * @return how many are still inside when patience ends
   */
  public int close(Duration patience) {
    lock.lock();
    try {
      closed = true;
      long nanos = TimeUnit.NANOSECONDS.convert(patience);
      while (calls > 0 && nanos > 0) {
        nanos = empty.awaitNanos(nanos);
      }
      return calls;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return calls;
    } finally {
      lock.unlock();
    }
  }
}
