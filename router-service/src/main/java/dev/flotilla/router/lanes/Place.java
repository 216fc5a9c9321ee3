package dev.flotilla.router.lanes;

import java.util.concurrent.atomic.AtomicBoolean;

/** A place in a lane, until it is closed; closing it again does nothing. Thread-safe. */
public final class Place implements AutoCloseable {
  private final Runnable giveBack;
  private final AtomicBoolean taken = new AtomicBoolean(true);

  Place(Runnable giveBack) {
    this.giveBack = giveBack;
  }

  @Override
  public void close() {
    if (taken.compareAndSet(true, false)) {
      giveBack.run();
    }
  }
}
