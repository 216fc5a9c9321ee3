package dev.flotilla.router.pipeline.interpreter;

import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a run may still spend. Calls reserve the most they can cost before they are made, so that
 * all together never pass the limit. Thread-safe.
 */
final class Purse {
  private final @Nullable Long limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition settled = lock.newCondition();
  private long spent;
  private long held;

  /**
   * @param limit nano-dollars; null for none
   * @param spent before
   */
  Purse(@Nullable Long limit, long spent) {
    this.limit = limit;
    this.spent = spent;
  }

  /** Money set aside for a call. */
  final class Reserve implements AutoCloseable {
    private final long amount;
    private boolean over;

    private Reserve(long amount) {
      this.amount = amount;
    }

    /** Most the call may cost; empty when there is no limit. */
    OptionalLong most() {
      return limit == null ? OptionalLong.empty() : OptionalLong.of(amount);
    }

    /** It is known what it cost. */
    void cost(long nanos) {
      give(nanos);
    }

    /** It cost nothing. */
    @Override
    public void close() {
      give(0);
    }

    private void give(long nanos) {
      lock.lock();
      try {
        if (!over) {
          over = true;
          held -= amount;
          spent = Math.addExact(spent, nanos);
          settled.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Sets money aside. Waits for calls on their way when there may be enough once they are settled.
   *
   * @param least without which the call is not made
   * @param most what it can use
   * @return null when there is not enough
   */
  @Nullable Reserve reserve(long least, long most) throws InterruptedException {
    if (limit == null) {
      return new Reserve(0);
    }
    lock.lock();
    try {
      while (limit - spent - held < least && held > 0) {
        settled.await();
      }
      long left = limit - spent - held;
      if (left < least) {
        return null;
      }
      long amount = Math.min(left, most);
      held += amount;
      return new Reserve(amount);
    } finally {
      lock.unlock();
    }
  }

  /** What is neither spent nor set aside, nano-dollars; empty when there is no limit. */
  OptionalLong left() {
    lock.lock();
    try {
      return limit == null ? OptionalLong.empty() : OptionalLong.of(limit - spent - held);
    } finally {
      lock.unlock();
    }
  }
}
