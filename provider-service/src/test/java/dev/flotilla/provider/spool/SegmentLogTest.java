package dev.flotilla.provider.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.provider.spool.SpoolConfig.Durability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentLogTest {
  @TempDir Path path;
  private final ReentrantLock lock = new ReentrantLock();
  private SpoolFolder folder;

  @BeforeEach
  void lock() throws Exception {
    folder = SpoolFolder.lock(path);
    lock.lock();
  }

  @AfterEach
  void unlock() throws Exception {
    lock.unlock();
    folder.close();
  }

  @Test
  void what_is_appended_is_found_where_it_was_put() throws Exception {
    SegmentLog log = open(Durability.PROCESS);
    byte[] record = RecordFile.framed(new byte[] {1, 2, 3});
    log.append(record);
    SegmentLog.Place second = log.append(record);
    var offsets = new ArrayList<Long>();
    RecordFile.scan(second.at().file, (offset, _) -> offsets.add(offset));
    assertEquals(List.of(0L, second.offset()), offsets);
    assertEquals(2L * record.length, log.bytes());
  }

  @Test
  void a_record_that_would_grow_over_a_segment_begins_the_next() throws Exception {
    SegmentLog log = open(Durability.PROCESS);
    byte[] half = RecordFile.framed(new byte[2_500]);
    Segment first = log.append(half).at();
    first.needed++;
    assertNotEquals(first, log.append(half).at());
    assertEquals(2, folder.segments().size());
  }

  @Test
  void segments_are_deleted_from_the_front_only() throws Exception {
    SegmentLog log = open(Durability.PROCESS);
    byte[] half = RecordFile.framed(new byte[2_500]);
    Segment first = log.append(half).at();
    first.needed++;
    log.append(half);
    log.append(half);
    log.deleteUnneeded();
    assertEquals(3, folder.segments().size());
    first.needed--;
    log.deleteUnneeded();
    assertEquals(1, folder.segments().size());
    assertFalse(Files.exists(first.file));
    assertEquals(half.length, log.bytes());
  }

  @Test
  void only_a_disk_that_is_forced_makes_a_record_wait() throws Exception {
    byte[] half = RecordFile.framed(new byte[2_500]);
    SegmentLog process = open(Durability.PROCESS);
    process.append(half);
    assertTrue(process.takesAtOnce(half.length));
    process.close();
    SegmentLog node = open(Durability.NODE);
    node.append(half);
    assertTrue(node.takesAtOnce(100));
    assertFalse(node.takesAtOnce(half.length), "it would begin a segment, which is forced");
    node.close();
  }

  @Test
  void numbers_go_on_after_those_that_were_found() throws Exception {
    Files.write(folder.segment(41), RecordFile.framed(new byte[] {1, 2}));
    SegmentLog log = open(Durability.PROCESS);
    assertEquals(folder.segment(42), log.append(RecordFile.framed(new byte[] {1})).at().file);
  }

  private SegmentLog open(Durability durability) throws Exception {
    var config = new SpoolConfig(path, 4_096, 1 << 20, durability);
    return new SegmentLog(folder, config, lock, Recovery.of(folder), Step.Watch.NOBODY);
  }
}
