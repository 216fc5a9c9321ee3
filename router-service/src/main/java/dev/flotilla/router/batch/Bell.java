package dev.flotilla.router.batch;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Rings when something happened in this process; whoever waits looks for what it was. What happens
 * in other processes does not ring here. Thread-safe.
 */
final class Bell {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition rang = lock.newCondition();
  private long rings;

  void ring() {
    lock.lock();
    try {
      rings++;
      rang.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How often it has rung. */
  long rings() {
    lock.lock();
    try {
      return rings;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until it has rung more often than that, but not longer than that. */
  void await(long heard, Duration most) throws InterruptedException {
    long left = most.toNanos();
    lock.lock();
    try {
      while (rings == heard && left > 0) {
        left = rang.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
