package dev.flotilla.kit.heap;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The room this process' heap has for requests. Long bodies share a part of it, each with all the
 * copies that are made of it; and nobody is let in while nearly all of the heap was still in use
 * after the last collection, which is the only moment at which garbage does not count. Thread-safe.
 */
public final class HeapRoom {
  /**
   * How often a body is there at once: as it came, as a tree, in order for the cache's key, and for
   * the next service. An estimate from reading the code, with something to spare; a router with a
   * small heap and more bodies than that is what shows it to be enough.
   */
  private static final long COPIES = 6;

  /** While nobody is let in there may be no collection, so nobody would be let in again. */
  private static final long LOOK_AGAIN_NANOS = 2_000_000_000L;

  private final List<MemoryPoolMXBean> pools;
  private final long forBodies;
  private final AtomicLong held = new AtomicLong();
  private final AtomicLong lastLook = new AtomicLong(System.nanoTime());

  /** Watches the heap of this process; there is one of it. */
  public HeapRoom(HeapConfig config) {
    this.forBodies = (long) (Runtime.getRuntime().maxMemory() * config.forBodies());
    this.pools =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            // Where what lives long is; the others are emptied by each collection.
            .filter(pool -> pool.isUsageThresholdSupported())
            .filter(MemoryPoolMXBean::isCollectionUsageThresholdSupported)
            .filter(pool -> pool.getUsage().getMax() > 0)
            .toList();
    for (MemoryPoolMXBean pool : pools) {
      pool.setCollectionUsageThreshold((long) (pool.getUsage().getMax() * config.fullAt()));
    }
  }

  /** Room for a body, given back when nothing of it is needed any more. */
  public interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Takes room for a body.
   *
   * @param bytes its length as it came
   * @return empty when there is none now
   */
  public Optional<Hold> hold(long bytes) {
    long needed = bytes * COPIES;
    long before;
    do {
      before = held.get();
      if (before + needed > forBodies) {
        return Optional.empty();
      }
    } while (!held.compareAndSet(before, before + needed));
    return Optional.of(() -> held.addAndGet(-needed));
  }

  /** The longest body there can ever be room for, bytes. */
  public long longestBody() {
    return forBodies / COPIES;
  }

  /** Whether nearly all of the heap was in use after the last collection. */
  public boolean full() {
    boolean exceeded = false;
    for (MemoryPoolMXBean pool : pools) {
      exceeded |= pool.isCollectionUsageThresholdExceeded();
    }
    if (exceeded) {
      lookAgain();
    }
    return exceeded;
  }

  private void lookAgain() {
    long last = lastLook.get();
    long now = System.nanoTime();
    if (now - last > LOOK_AGAIN_NANOS && lastLook.compareAndSet(last, now)) {
      Thread.ofVirtual().name("heap-look").start(System::gc);
    }
  }
}
