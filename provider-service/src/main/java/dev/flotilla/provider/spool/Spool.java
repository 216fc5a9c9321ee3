package dev.flotilla.provider.spool;

import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.settings.ConfigurationException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The write-ahead record of paid attempts. Each attempt is written as a whole ledger entry, again
 * and again: its intent before the first byte leaves, what it has surely cost so far while a stream
 * runs, its outcome before the last byte is handed back. After a crash the last record of an
 * attempt is the truth; one without an outcome is an attempt of unknown end.
 *
 * <p>Thread-safe. One process per folder.
 */
public final class Spool implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Spool.class.getName());

  /** An outcome is its intent and some more: end, usage, ids of the provider. */
  private static final long OUTCOME_EXTRA_BYTES = 2_048L;

  /** The better half of the room is for intents and outcomes, which nothing can replace. */
  private static final long PROGRESS_SHARE = 2;

  /** A stream does not wait for longer than this to be written down. */
  private static final Duration PROGRESS_PATIENCE = Duration.ofMillis(5);

  private final SpoolConfig config;
  private final SpoolFolder folder;
  private final Step.Watch watch;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition somethingToShip = lock.newCondition();

  // All below is guarded by the lock.
  private final SegmentLog log;
  private final ArrayDeque<Unshipped> unshipped;
  private final Map<String, Open> open = new HashMap<>();
  private final int damaged;
  private long reserved;
  private int found;
  private int skipped;

  /** An attempt whose end is not known yet, and the room kept free for it. */
  private record Open(Segment segment, long reserved) {}

  private Spool(SpoolConfig config, SpoolFolder folder, Recovery found, Step.Watch watch) {
    this.config = config;
    this.folder = folder;
    this.watch = watch;
    this.log = new SegmentLog(folder, config, lock, found, watch);
    this.unshipped = new ArrayDeque<>(found.attempts());
    this.damaged = found.damaged();
    this.found = found.attempts().size();
  }

  /**
   * Opens the folder, reads what an earlier process left there and queues it for the ledger.
   *
   * @throws ConfigurationException when the folder cannot be used or another process has it
   */
  public static Spool open(SpoolConfig config) {
    return open(config, Step.Watch.NOBODY);
  }

  /** The same, with somebody who is told of each step. */
  static Spool open(SpoolConfig config, Step.Watch watch) {
    try {
      var folder = SpoolFolder.lock(config.folder());
      try {
        var found = Recovery.of(folder);
        if (!found.attempts().isEmpty() || found.damaged() > 0) {
          LOG.log(
              found.damaged() > 0 ? Level.WARNING : Level.INFO,
              "Recovered {0} attempts from {1} segments; {2} damaged stretches were passed over",
              new Object[] {found.attempts().size(), found.segments().size(), found.damaged()});
        }
        var spool = new Spool(config, folder, found, watch);
        spool.begin();
        return spool;
      } catch (IOException | RuntimeException e) {
        folder.close();
        throw e;
      }
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
    byte[] record = EntryRecord.framed(entry);
    long room = record.length + OUTCOME_EXTRA_BYTES;
    lock.lock();
    try {
      if (log.bytes() + reserved + record.length + room > config.limitBytes()) {
        return new IntentResult.Refused(
            "The spool is full, because the ledger has not taken its entries; try again later.");
      }
      Segment segment = log.append(record).at();
      segment.needed++;
      reserved += room;
      open.put(entry.attemptId(), new Open(segment, room));
      log.makeDurable();
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
   * Writes down what an attempt in flight has surely cost so far, so that its floor is known should
   * its end never be. A convenience: skipped when the disk is busy or does not take it, and when
   * the spool is half full; a stream neither waits nor fails for it, and the disk is not forced.
   */
  public void progress(LedgerEntry entry) {
    byte[] record = EntryRecord.framed(entry);
    try {
      if (!lock.tryLock(PROGRESS_PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.log(Level.FINE, "The spool is busy; the progress of a stream is skipped");
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      if (!open.containsKey(entry.attemptId())) {
        return;
      }
      if (log.bytes() + reserved + record.length > config.limitBytes() / PROGRESS_SHARE) {
        skip("the spool is half full", null);
      } else if (!log.takesAtOnce(record.length)) {
        skip("the disk would have to be waited for", null);
      } else {
        // Nothing counts it in its segment: those of the intent and of the outcome are before and
        // behind it, and segments are deleted in order.
        log.append(record);
      }
    } catch (IOException e) {
      skip("the disk does not take it", e);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes down how an attempt ended and queues it for the ledger. Never refused, because the money
   * is gone: when the disk does not take it, it is held in memory until the ledger has it.
   */
  public void outcome(LedgerEntry entry) {
    byte[] record = EntryRecord.framed(entry);
    lock.lock();
    try {
      Open known = open.remove(entry.attemptId());
      if (known == null) {
        throw new IllegalStateException("outcome without intent: " + entry.attemptId());
      }
      reserved -= known.reserved();
      long now = System.currentTimeMillis();
      try {
        SegmentLog.Place place = log.append(record);
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
      log.makeDurable();
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
    return EntryRecord.read(batch);
  }

  /**
   * The ledger has the oldest {@code count} attempts; segments nobody needs any more are deleted.
   */
  void acknowledged(int count) {
    watch.before(Step.ACKNOWLEDGE);
    lock.lock();
    try {
      found = Math.max(0, found - count);
      for (int i = 0; i < count; i++) {
        Unshipped each = unshipped.remove();
        each.first().needed--;
        if (each instanceof Unshipped.Written written) {
          written.at().needed--;
        }
      }
      log.deleteUnneeded();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the ledger has everything that an earlier process left here. */
  public boolean shippedWhatItFound() {
    lock.lock();
    try {
      return found == 0;
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
          log.bytes(),
          config.limitBytes(),
          unshipped.size(),
          oldest == null ? 0 : Math.max(0, System.currentTimeMillis() - oldest.since()),
          open.size(),
          damaged,
          !log.lastWriteFailed() && log.bytes() + reserved < config.limitBytes());
    } finally {
      lock.unlock();
    }
  }

  /** Closes the files; segments of which the ledger has everything are deleted. */
  @Override
  public void close() {
    lock.lock();
    try {
      log.close();
      folder.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "The spool did not close well; the next start reads it again", e);
    } finally {
      lock.unlock();
    }
  }

  private void begin() throws IOException {
    lock.lock();
    try {
      log.begin();
    } finally {
      lock.unlock();
    }
  }

  /** Ever more rarely: a disk that is full is one fact, not one per stream and second. */
  private void skip(String why, @Nullable IOException cause) {
    skipped++;
    if (Integer.bitCount(skipped) == 1) {
      LOG.log(
          Level.WARNING,
          "The progress of streams was not written "
              + skipped
              + " times since the start, now because "
              + why
              + "; after a crash their floor is lower",
          cause);
    }
  }
}
