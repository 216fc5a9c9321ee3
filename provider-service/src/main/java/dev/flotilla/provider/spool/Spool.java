package dev.flotilla.provider.spool;

import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.JsonbOnTheWire;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.provider.spool.SpoolConfig.Durability;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The write-ahead record of paid attempts. Each attempt is written twice, as a whole ledger entry:
 * its intent before the first byte leaves, its outcome before the last byte is handed back. After a
 * crash the last record of an attempt is the truth; an intent alone is an attempt of unknown end.
 *
 * <p>Thread-safe. One process per folder.
 */
public final class Spool implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Spool.class.getName());

  /** An outcome is its intent and some more: end, usage, ids of the provider. */
  private static final long OUTCOME_EXTRA_BYTES = 2_048L;

  private final SpoolConfig config;
  private final RandomAccessFile lockFile;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition somethingToShip = lock.newCondition();
  private final Condition forced = lock.newCondition();

  // All below is guarded by the lock.
  private final ArrayDeque<Segment> segments = new ArrayDeque<>();
  private final ArrayDeque<Unshipped> unshipped = new ArrayDeque<>();
  private final Map<String, Open> open = new HashMap<>();
  // Streams, not a FileChannel: an interrupted request would close a channel for everybody.
  private @Nullable FileOutputStream out;
  private long nextNumber;
  private long bytes;
  private long reserved;
  private long appended;
  private long durable;
  private boolean forcing;
  private boolean lastWriteFailed;
  private int damaged;

  /** An attempt whose end is not known yet, and the room kept free for it. */
  private record Open(Segment segment, long reserved) {}

  private Spool(SpoolConfig config, RandomAccessFile lockFile) {
    this.config = config;
    this.lockFile = lockFile;
  }

  /**
   * Opens the folder, reads what an earlier process left there and queues it for the ledger.
   *
   * @throws ConfigurationException when the folder cannot be used or another process has it
   */
  public static Spool open(SpoolConfig config) {
    try {
      Files.createDirectories(config.folder());
      var spool = new Spool(config, exclusive(config.folder()));
      try {
        spool.recover();
        spool.begin();
      } catch (IOException | RuntimeException e) {
        spool.lockFile.close();
        throw e;
      }
      return spool;
    } catch (IOException e) {
      throw new ConfigurationException(
          "flotilla.spool.dir is "
              + config.folder()
              + ", which cannot be used ("
              + e.getMessage()
              + "); use a folder this process can write to, on a disk that outlives it",
          e);
    }
  }

  /**
   * Writes down that an attempt is about to be made. Refused when the spool is full or the disk
   * does not take it: what cannot be written down must not be spent.
   */
  public IntentResult intent(LedgerEntry entry) {
    byte[] record = framed(entry);
    long room = record.length + OUTCOME_EXTRA_BYTES;
    lock.lock();
    try {
      if (bytes + reserved + record.length + room > config.limitBytes()) {
        return new IntentResult.Refused(
            "The spool is full, because the ledger has not taken its entries; try again later.");
      }
      Segment segment = append(record).at();
      segment.needed++;
      reserved += room;
      open.put(entry.attemptId(), new Open(segment, room));
      makeDurable();
      return new IntentResult.Written();
    } catch (IOException e) {
      Open begun = open.remove(entry.attemptId());
      if (begun != null) {
        // Written but not forced: nothing is sent, so the attempt never was.
        begun.segment().needed--;
        reserved -= begun.reserved();
      }
      LOG.log(Level.SEVERE, "An intent could not be written; paid calls are refused", e);
      return new IntentResult.Refused("The spool cannot be written; try again later.");
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes down how an attempt ended and queues it for the ledger. Never refused, because the money
   * is gone: when the disk does not take it, it is held in memory until the ledger has it.
   */
  public void outcome(LedgerEntry entry) {
    byte[] record = framed(entry);
    lock.lock();
    try {
      Open known = open.remove(entry.attemptId());
      if (known == null) {
        throw new IllegalStateException("outcome without intent: " + entry.attemptId());
      }
      reserved -= known.reserved();
      long now = System.currentTimeMillis();
      try {
        Place place = append(record);
        place.at().needed++;
        unshipped.add(
            new Unshipped.Written(
                known.segment(),
                place.at(),
                place.offset(),
                record.length - RecordFile.HEADER,
                now));
      } catch (IOException e) {
        LOG.log(Level.SEVERE, "An outcome could not be written; it is held in memory", e);
        unshipped.add(new Unshipped.Held(known.segment(), entry, now));
      }
      somethingToShip.signal();
      makeDurable();
    } catch (IOException e) {
      LOG.log(Level.SEVERE, "An outcome is written, but the disk was not forced", e);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The oldest unshipped attempts, at most {@code atMost}; empty when none arrives in time. They
   * stay here until {@link #acknowledged}. For one shipper at a time.
   */
  List<Unshipped> oldest(int atMost, Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long nanos = patience.toNanos();
      while (unshipped.isEmpty() && nanos > 0) {
        nanos = somethingToShip.awaitNanos(nanos);
      }
      return unshipped.stream().limit(atMost).toList();
    } finally {
      lock.unlock();
    }
  }

  /** The entries behind these places, in the same order; null where a record has become damaged. */
  List<@Nullable LedgerEntry> read(List<Unshipped> batch) {
    var entries = new ArrayList<@Nullable LedgerEntry>(batch.size());
    RandomAccessFile file = null;
    Segment opened = null;
    try {
      for (Unshipped each : batch) {
        switch (each) {
          case Unshipped.Held held -> entries.add(held.entry());
          case Unshipped.Written written -> {
            if (file == null || opened != written.at()) {
              if (file != null) {
                file.close();
              }
              file = new RandomAccessFile(written.at().file.toFile(), "r");
              opened = written.at();
            }
            entries.add(entry(file, written));
          }
        }
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException("the spool cannot be read", e);
    } finally {
      closeQuietly(file);
    }
  }

  /**
   * The ledger has the oldest {@code count} attempts. Segments nobody needs any more are deleted,
   * oldest first: so an outcome is never deleted while its intent is still there, which would look
   * like an attempt of unknown end.
   */
  void acknowledged(int count) {
    lock.lock();
    try {
      for (int i = 0; i < count; i++) {
        Unshipped each = unshipped.remove();
        each.first().needed--;
        if (each instanceof Unshipped.Written written) {
          written.at().needed--;
        }
      }
      deleteUnneeded();
    } finally {
      lock.unlock();
    }
  }

  /** How full it is and what waits. */
  public SpoolState state() {
    lock.lock();
    try {
      Unshipped oldest = unshipped.peek();
      return new SpoolState(
          bytes,
          config.limitBytes(),
          unshipped.size(),
          oldest == null ? 0 : Math.max(0, System.currentTimeMillis() - oldest.since()),
          open.size(),
          damaged,
          !lastWriteFailed && bytes + reserved < config.limitBytes());
    } finally {
      lock.unlock();
    }
  }

  /** Closes the files; segments of which the ledger has everything are deleted. */
  @Override
  public void close() {
    lock.lock();
    try {
      awaitForce();
      FileOutputStream current = out;
      if (current != null) {
        if (config.durability() == Durability.NODE) {
          current.getFD().sync();
        }
        current.close();
        out = null;
      }
      deleteUnneeded();
      lockFile.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "The spool did not close well; the next start reads it again", e);
    } finally {
      lock.unlock();
    }
  }

  // ---------------------------------------------------------------- writing

  private record Place(Segment at, long offset) {}

  private Place append(byte[] record) throws IOException {
    try {
      FileOutputStream current = out;
      if (current == null
          || lastWriteFailed
          || segments.getLast().bytes + record.length > config.segmentBytes()) {
        // After a failed write the file may end in half a record, so it is not continued.
        current = begin();
      }
      Segment segment = segments.getLast();
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
  private FileOutputStream begin() throws IOException {
    awaitForce();
    boolean node = config.durability() == Durability.NODE;
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
    Path file = config.folder().resolve("%012d.segment".formatted(nextNumber));
    var next = new FileOutputStream(file.toFile());
    nextNumber++;
    out = next;
    segments.add(new Segment(file));
    if (node) {
      // A new file survives a power cut only when its folder was forced, too.
      try (var folder = FileChannel.open(config.folder())) {
        folder.force(true);
      }
    }
    deleteUnneeded();
    return next;
  }

  /**
   * Group commit: one waiting writer forces the disk for all that were written until then; the
   * others wait for it. The lock is free meanwhile.
   */
  private void makeDurable() throws IOException {
    if (config.durability() == Durability.PROCESS) {
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

  private void awaitForce() {
    while (forcing) {
      forced.awaitUninterruptibly();
    }
  }

  private void deleteUnneeded() {
    while (!segments.isEmpty()
        && segments.getFirst().needed == 0
        && (segments.size() > 1 || out == null)) {
      Segment unneeded = segments.removeFirst();
      bytes -= unneeded.bytes;
      try {
        Files.deleteIfExists(unneeded.file);
      } catch (IOException e) {
        LOG.log(Level.WARNING, "A shipped segment stays on disk; it will be shipped again", e);
      }
    }
  }

  private static byte[] framed(LedgerEntry entry) {
    return RecordFile.framed(JsonbOnTheWire.jsonb().toJson(entry).getBytes(StandardCharsets.UTF_8));
  }

  // ---------------------------------------------------------------- reading

  private void recover() throws IOException {
    lock.lock();
    try {
      var last = new LinkedHashMap<String, Unshipped.Written>();
      for (Path file : segmentFiles(config.folder())) {
        var segment = new Segment(file);
        segment.bytes = Files.size(file);
        bytes += segment.bytes;
        segments.add(segment);
        nextNumber = number(file) + 1;
        long since = Files.getLastModifiedTime(file).toMillis();
        damaged +=
            RecordFile.scan(
                file, (offset, payload) -> found(last, segment, offset, payload, since));
      }
      for (Unshipped.Written written : last.values()) {
        written.first().needed++;
        written.at().needed++;
        unshipped.add(written);
      }
      if (!last.isEmpty() || damaged > 0) {
        LOG.log(
            damaged > 0 ? Level.WARNING : Level.INFO,
            "Recovered {0} attempts from {1} segments; {2} damaged stretches were passed over",
            new Object[] {last.size(), segments.size(), damaged});
      }
    } finally {
      lock.unlock();
    }
  }

  private void found(
      Map<String, Unshipped.Written> last,
      Segment segment,
      long offset,
      byte[] payload,
      long since) {
    String attempt;
    try {
      attempt = Json.parseObject(payload).path("attempt_id").asText();
    } catch (NotJson e) {
      damaged++;
      return;
    }
    Unshipped.Written earlier = last.remove(attempt);
    Segment first = earlier == null ? segment : earlier.first();
    last.put(attempt, new Unshipped.Written(first, segment, offset, payload.length, since));
  }

  private static @Nullable LedgerEntry entry(RandomAccessFile file, Unshipped.Written written) {
    try {
      byte[] payload = RecordFile.read(file, written.offset(), written.length());
      return JsonbOnTheWire.jsonb()
          .fromJson(new String(payload, StandardCharsets.UTF_8), LedgerEntry.class);
    } catch (IOException e) {
      LOG.log(Level.SEVERE, "A record of the spool has become damaged", e);
      return null;
    }
  }

  private static RandomAccessFile exclusive(Path folder) throws IOException {
    var file = new RandomAccessFile(folder.resolve("lock").toFile(), "rw");
    try {
      // Released when the file is closed or the process ends, however it ends.
      if (file.getChannel().tryLock() != null) {
        return file;
      }
    } catch (OverlappingFileLockException e) {
      LOG.log(Level.FINE, "locked within this process", e);
    }
    file.close();
    throw new ConfigurationException(
        "flotilla.spool.dir is "
            + folder
            + ", which another provider-service is using; give every instance a folder of its own");
  }

  private static List<Path> segmentFiles(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(f -> f.getFileName().toString().matches("\\d+\\.segment"))
          .sorted()
          .toList();
    }
  }

  private static long number(Path segment) {
    String name = segment.getFileName().toString();
    return Long.parseLong(name.substring(0, name.indexOf('.')));
  }

  private static void closeQuietly(@Nullable RandomAccessFile file) {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        LOG.log(Level.FINE, "a file that was only read did not close", e);
      }
    }
  }
}
