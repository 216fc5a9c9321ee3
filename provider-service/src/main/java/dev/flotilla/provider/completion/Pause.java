package dev.flotilla.provider.completion;

import java.time.Duration;

/** How a call waits before its next attempt; {@link Thread#sleep(Duration)} outside of tests. */
@FunctionalInterface
public interface Pause {
  void of(Duration duration) throws InterruptedException;
}
