package dev.flotilla.provider.spool;

import dev.flotilla.provider.spool.SpoolConfig.Durability;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The segments on disk, oldest first, of which the last is being written. It knows records as bytes
 * only. Guarded by its owner's lock, which {@link #makeDurable} lets go while it waits for the
 * disk.
 */
final class SegmentLog {
  private static final Logger LOG = Logger.getLogger(SegmentLog.class.getName());

  private final SpoolFolder folder;
  private final long segmentBytes;
  private final boolean node;
  private final ReentrantLock lock;
  private final Condition forced;
  private final Step.Watch watch;

  private final ArrayDeque<Segment> segments;
  // Streams, not a FileChannel: an interrupted request would close a channel for everybody.
  private @Nullable FileOutputStream out;
  private long nextNumber;
  private long bytes;
  private long appended;
  private long durable;
  private boolean forcing;
  private boolean lastWriteFailed;

  /**
   * @param found the segments that are there already; none of them is continued
   */
  SegmentLog(
      SpoolFolder folder,
      SpoolConfig config,
      ReentrantLock lock,
      Recovery found,
      Step.Watch watch) {
    this.folder = folder;
    this.segmentBytes = config.segmentBytes();
    this.node = config.durability() == Durability.NODE;
    this.lock = lock;
    this.forced = lock.newCondition();
    this.watch = watch;
    this.segments = new ArrayDeque<>(found.segments());
    this.nextNumber = found.nextNumber();
    this.bytes = found.segments().stream().mapToLong(s -> s.bytes).sum();
  }

  /** Where a record begins. */
  record Place(Segment at, long offset) {}

  /** Of all segments together. */
  long bytes() {
    return bytes;
  }

  boolean lastWriteFailed() {
    return lastWriteFailed;
  }

  /** Whether a record of this length can be appended without waiting for a disk to be forced. */
  boolean takesAtOnce(int length) {
    return !node || (out != null && !lastWriteFailed && fits(length));
  }

  /** Writes a framed record behind the last one; in a new segment when this one would grow over. */
  Place append(byte[] record) throws IOException {
    try {
      FileOutputStream current = out;
      if (current == null || lastWriteFailed || !fits(record.length)) {
        // After a failed write the file may end in half a record, so it is not continued.
        current = begin();
      }
      Segment segment = segments.getLast();
      watch.before(Step.APPEND);
      current.write(record);
      var place = new Place(segment, segment.bytes);
      segment.bytes += record.length;
      bytes += record.length;
      appended += record.length;
      lastWriteFailed = false;
      return place;
    } catch (IOException e) {
      lastWriteFailed = true;
      throw e;
    }
  }

  /** Closes the segment that is being written and begins the next. */
  FileOutputStream begin() throws IOException {
    awaitForce();
    FileOutputStream current = out;
    if (current != null) {
      out = null;
      try (current) {
        if (node) {
          current.getFD().sync();
          durable = appended;
        }
      }
    }
    watch.before(Step.BEGIN_SEGMENT);
    Path file = folder.segment(nextNumber);
    var next = new FileOutputStream(file.toFile());
    nextNumber++;
    out = next;
    segments.add(new Segment(file));
    if (node) {
      // A new file survives a power cut only when its folder was forced, too.
      try (var directory = FileChannel.open(folder.path())) {
        directory.force(true);
      }
    }
    deleteUnneeded();
    return next;
  }

  /**
   * Returns when everything that was appended survives what it has to. Group commit: one waiting
   * writer forces the disk for all that were written until then; the others wait for it.
   */
  void makeDurable() throws IOException {
    if (!node) {
      return;
    }
    long mine = appended;
    while (durable < mine) {
      if (forcing) {
        forced.awaitUninterruptibly();
        continue;
      }
      FileOutputStream current = out;
      if (current == null) {
        throw new IOException("the spool is closed");
      }
      long target = appended;
      forcing = true;
      boolean done = false;
      lock.unlock();
      try {
        watch.before(Step.FORCE);
        current.getFD().sync();
        done = true;
      } finally {
        lock.lock();
        forcing = false;
        if (done) {
          durable = Math.max(durable, target);
        } else {
          lastWriteFailed = true;
        }
        forced.signalAll();
      }
    }
  }

  /**
   * Deletes segments nobody needs any more, oldest first: so an outcome is never deleted while an
   * earlier record of its attempt is still there, which would look like an attempt of unknown end.
   */
  void deleteUnneeded() {
    while (!segments.isEmpty()
        && segments.getFirst().needed == 0
        && (segments.size() > 1 || out == null)) {
      Segment unneeded = segments.removeFirst();
      bytes -= unneeded.bytes;
      watch.before(Step.DELETE_SEGMENT);
      try {
        Files.deleteIfExists(unneeded.file);
      } catch (IOException e) {
        LOG.log(Level.WARNING, "A shipped segment stays on disk; it will be shipped again", e);
      }
    }
  }

  /** Ends writing; segments nobody needs are deleted. */
  void close() throws IOException {
    awaitForce();
    FileOutputStream current = out;
    if (current != null) {
      if (node) {
        current.getFD().sync();
      }
      current.close();
      out = null;
    }
    deleteUnneeded();
  }

  private boolean fits(int length) {
    return segments.getLast().bytes + length <= segmentBytes;
  }

  private void awaitForce() {
    while (forcing) {
      forced.awaitUninterruptibly();
    }
  }
}
