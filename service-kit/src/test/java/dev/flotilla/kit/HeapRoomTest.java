package dev.flotilla.kit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.heap.HeapConfig;
import dev.flotilla.kit.heap.HeapRoom;
import dev.flotilla.testkit.FaultRow;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HeapRoomTest {
  private static final int MEGABYTE = 1 << 20;

  /** So small that collectors treat it as what comes and goes, not as something enormous. */
  private static final int PIECE = MEGABYTE / 16;

  @Test
  @FaultRow(row = 84, fault = "what lives fills the heap, garbage does not count")
  void it_is_full_while_a_collection_leaves_too_much_and_finds_out_by_itself_when_it_is_not()
      throws Exception {
    System.gc();
    // Other tests of this process have left something there, and it is not all of the heap.
    MemoryPoolMXBean old =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .filter(MemoryPoolMXBean::isUsageThresholdSupported)
            .findFirst()
            .orElseThrow();
    double inUse = (double) old.getCollectionUsage().getUsed();
    var room =
        new HeapRoom(new HeapConfig((inUse + 100 * MEGABYTE) / old.getUsage().getMax(), 0.5));
    for (int i = 0; i < 16_000; i++) {
      Reference.reachabilityFence(new byte[PIECE]);
    }
    assertFalse(room.full(), "a gigabyte of garbage");
    var living = new ArrayList<byte[]>();
    for (int i = 0; i < 3_200; i++) {
      living.add(new byte[PIECE]);
    }
    System.gc();
    assertTrue(room.full(), "200 MB that live");
    Reference.reachabilityFence(living);
    living.clear();
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (room.full()) {
      assertTrue(System.nanoTime() < end, "nobody looked again");
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  @Test
  void bodies_share_their_part_of_the_heap() {
    var room = new HeapRoom(new HeapConfig(0.99, 0.5));
    long longest = room.longestBody();
    assertTrue(room.hold(longest + 1).isEmpty());
    HeapRoom.Hold all = room.hold(longest).orElseThrow();
    assertTrue(room.hold(1_000).isEmpty());
    assertTrue(room.hold(0).isPresent());
    all.close();
    assertTrue(room.hold(longest / 2).isPresent());
    assertTrue(room.hold(longest / 4).isPresent());
  }
}
