package dev.flotilla.provider.spool;

import dev.flotilla.contracts.ledger.BatchReceipt;
import dev.flotilla.contracts.ledger.EntryBatch;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.contracts.ledger.RejectedEntry;
import dev.flotilla.provider.spool.Ledger.BatchRefused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Carries entries from the spool to the ledger, oldest first, until the ledger says it has them.
 * The ledger away costs nothing but waiting. One thread of its own; the methods are for one owner.
 */
public final class Shipper {
  private static final Logger LOG = Logger.getLogger(Shipper.class.getName());
  private static final Duration POLL = Duration.ofMillis(500);

  private final Spool spool;
  private final Ledger ledger;
  private final DeadLetters deadLetters;
  private final Deliveries deliveries;
  private final ShipperConfig config;
  private final Thread thread;
  private final CountDownLatch leaving = new CountDownLatch(1);

  public Shipper(
      Spool spool,
      Ledger ledger,
      DeadLetters deadLetters,
      Deliveries deliveries,
      ShipperConfig config) {
    this.spool = spool;
    this.ledger = ledger;
    this.deadLetters = deadLetters;
    this.deliveries = deliveries;
    this.config = config;
    this.thread = Thread.ofPlatform().daemon().name("ledger-shipper").unstarted(this::ship);
  }

  public void start() {
    thread.start();
  }

  /**
   * Ships what is left and ends.
   *
   * @return whether the ledger has everything; otherwise the rest stays on disk for the next start
   */
  public boolean finish(Duration patience) {
    leaving.countDown();
    try {
      if (!thread.join(patience)) {
        thread.interrupt();
        thread.join(Duration.ofSeconds(1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return spool.state().unshipped() == 0;
  }

  private void ship() {
    int failures = 0;
    try {
      while (true) {
        boolean last = leaving.getCount() == 0;
        List<Unshipped> batch = spool.oldest(EntryBatch.LIMIT, last ? Duration.ZERO : POLL);
        if (batch.isEmpty()) {
          if (last) {
            return;
          }
          continue;
        }
        if (batch.size() < EntryBatch.LIMIT && !leaves(config.linger())) {
          batch = spool.oldest(EntryBatch.LIMIT, Duration.ZERO);
        }
        try {
          send(batch);
          spool.acknowledged(batch.size());
          failures = 0;
        } catch (RuntimeException e) {
          failures++;
          Duration pause = pauseAfter(failures);
          report(batch.size(), failures, e);
          if (last) {
            Thread.sleep(config.firstPause());
          } else {
            leaves(pause);
          }
        }
      }
    } catch (InterruptedException e) {
      LOG.log(Level.WARNING, "Shipping ended early; the rest is shipped after the next start");
    }
  }

  private void send(List<Unshipped> batch) {
    List<@Nullable LedgerEntry> read = spool.read(batch);
    var entries = new ArrayList<LedgerEntry>(read.size());
    for (LedgerEntry entry : read) {
      if (entry == null) {
        deadLetters.keep(
            new RejectedEntry("", "damaged_record", "its record on disk has become damaged"), null);
      } else {
        entries.add(entry);
      }
    }
    if (!entries.isEmpty()) {
      append(entries);
      entries.forEach(deliveries::delivered);
    }
  }

  /** A batch that is refused as a whole is halved until the entry at fault is alone. */
  private void append(List<LedgerEntry> entries) {
    try {
      BatchReceipt receipt = ledger.append(new EntryBatch(entries));
      if (receipt.rejected() != null) {
        receipt
            .rejected()
            .forEach(rejection -> deadLetters.keep(rejection, among(entries, rejection)));
      }
    } catch (BatchRefused e) {
      if (entries.size() == 1) {
        LedgerEntry entry = entries.getFirst();
        deadLetters.keep(
            new RejectedEntry(entry.attemptId(), "invalid_entry", String.valueOf(e.getMessage())),
            entry);
        return;
      }
      int half = entries.size() / 2;
      append(entries.subList(0, half));
      append(entries.subList(half, entries.size()));
    }
  }

  private static @Nullable LedgerEntry among(List<LedgerEntry> entries, RejectedEntry rejection) {
    return entries.stream()
        .filter(entry -> entry.attemptId().equals(rejection.attemptId()))
        .findFirst()
        .orElse(null);
  }

  /** Ever more rarely: a ledger that is away for an hour is one fact, not hundreds. */
  private static void report(int entries, int failures, RuntimeException e) {
    if (Integer.bitCount(failures) == 1) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      LOG.log(
          Level.WARNING,
          "The ledger did not take {0} entries, {1} times in a row now: {2}",
          new Object[] {entries, failures, root});
    }
  }

  private boolean leaves(Duration within) throws InterruptedException {
    return leaving.await(within.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Doubling, between half and the whole of it, so that many instances do not knock together. */
  private Duration pauseAfter(int failures) {
    long whole =
        Math.min(
            config.longestPause().toMillis(),
            config.firstPause().toMillis() << Math.min(failures - 1, 20));
    return Duration.ofMillis(whole / 2 + ThreadLocalRandom.current().nextLong(whole / 2 + 1));
  }
}
