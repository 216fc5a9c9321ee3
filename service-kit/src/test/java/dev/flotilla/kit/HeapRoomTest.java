package dev.flotilla.kit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.heap.HeapConfig;
import dev.flotilla.kit.heap.HeapRoom;
import dev.flotilla.testkit.FaultRow;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HeapRoomTest {
  private static final int MEGABYTE = 1 << 20;

  @Test
  @FaultRow(row = 84, fault = "what lives fills the heap, garbage does not count")
  void it_is_full_while_a_collection_leaves_too_much_and_finds_out_by_itself_when_it_is_not()
      throws Exception {
    long most = Runtime.getRuntime().maxMemory();
    System.gc();
    double inUse =
        (double) (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
    var room = new HeapRoom(new HeapConfig((inUse + 100 * MEGABYTE) / most, 0.5));
    for (int i = 0; i < 1_000; i++) {
      Reference.reachabilityFence(new byte[MEGABYTE]);
    }
    assertFalse(room.full(), "a gigabyte of garbage");
    var living = new ArrayList<byte[]>();
    for (int i = 0; i < 200; i++) {
      living.add(new byte[MEGABYTE]);
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
