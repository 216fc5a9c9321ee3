package dev.flotilla.kit.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts calls that are being answered, so that there are never more than can be held, and that
 * leaving can wait for them. Thread-safe.
 */
public final class InFlight {
  /** What a call hears that comes in. */
  public enum Entry {
    /** It is inside, and must {@link #leave}. */
    INSIDE,
    /** There are as many as can be held. */
    FULL,
    /** Nobody is let in any more. */
    CLOSED
  }

  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition empty = lock.newCondition();
  private int calls;
  private boolean closed;

  /**
   * @param most how many may be inside at once, at least 1
   */
  public InFlight(int most) {
    this.most = most;
  }

  public Entry enter() {
    lock.lock();
    try {
      if (closed) {
        return Entry.CLOSED;
      }
      if (calls >= most) {
        return Entry.FULL;
      }
      calls++;
      return Entry.INSIDE;
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

  /** How many are inside now. */
  public int count() {
    lock.lock();
    try {
      return calls;
    } finally {
      lock.unlock();
    }
  }

  /** Whether nobody is let in any more. */
  public boolean closed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until nobody is inside; others are let in meanwhile.
   *
   * @return how many are inside when patience ends
   */
  public int awaitEmpty(Duration patience) throws InterruptedException {
    lock.lock();
    try {
      long nanos = TimeUnit.NANOSECONDS.convert(patience);
      while (calls > 0 && nanos > 0) {
        nanos = empty.awaitNanos(nanos);
      }
      return calls;
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
      return awaitEmpty(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return calls;
    } finally {
      lock.unlock();
    }
  }
}
