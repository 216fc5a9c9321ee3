package dev.flotilla.provider.spool;

import dev.flotilla.contracts.ledger.AuditAnswer;
import dev.flotilla.contracts.ledger.AuditQuestion;
import dev.flotilla.contracts.ledger.BatchReceipt;
import dev.flotilla.contracts.ledger.EntryBatch;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.provider.spool.SpoolConfig.Durability;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * A process that makes attempts, ships them, and dies without a word just before the step with the
 * number it was given. It says what it did in lines: {@code billed a0} when an attempt may have
 * been charged, {@code told a0} when a caller may have heard its answer, {@code step n NAME}.
 */
final class SteppedVictim {
  private static final int ATTEMPTS = 3;

  private final int last;
  private int taken;

  private SteppedVictim(int last) {
    this.last = last;
  }

  /**
   * @param arguments the spool's folder, the ledger's, and the number of the step before which it
   *     dies
   */
  public static void main(String[] arguments) throws InterruptedException {
    new SteppedVictim(Integer.parseInt(arguments[2]))
        .live(Path.of(arguments[0]), Path.of(arguments[1]));
  }

  /** Two records fill a segment, so that segments begin and end meanwhile. */
  static SpoolConfig config(Path folder) {
    return new SpoolConfig(folder, 1_500, 1 << 20, Durability.NODE);
  }

  static Shipper shipper(Spool spool, Ledger ledger, Path folder, Deliveries deliveries) {
    return new Shipper(
        spool,
        ledger,
        new DeadLetters(folder),
        deliveries,
        new ShipperConfig(Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(50)));
  }

  private void live(Path folder, Path ledger) throws InterruptedException {
    var delivered = new Semaphore(0);
    try (Spool spool = Spool.open(config(folder), step -> before(step.name()))) {
      Shipper shipper =
          shipper(spool, watched(new FolderLedger(ledger)), folder, entry -> delivered.release());
      shipper.start();
      for (int i = 0; i < ATTEMPTS; i++) {
        LedgerEntry intent = Entries.intent("a" + i);
        spool.intent(intent);
        System.out.println("billed " + intent.attemptId());
        if (i % 2 == 1) {
          spool.progress(Entries.progress(intent, 250));
        }
        spool.outcome(Entries.outcome(intent));
        System.out.println("told " + intent.attemptId());
        // Two at a time, so that a batch has more than one entry and there is more than one batch.
        if (i % 2 == 1) {
          delivered.acquire(2);
        }
      }
      shipper.finish(Duration.ofSeconds(10));
    }
  }

  private Ledger watched(Ledger ledger) {
    return new Ledger() {
      @Override
      public BatchReceipt append(EntryBatch batch) {
        before("SHIP");
        BatchReceipt receipt = ledger.append(batch);
        before("HEAR_OF_COMMIT");
        return receipt;
      }

      @Override
      public AuditAnswer audit(AuditQuestion question) {
        return ledger.audit(question);
      }
    };
  }

  private synchronized void before(String step) {
    taken++;
    System.out.println("step " + taken + " " + step);
    if (taken == last) {
      System.out.flush();
      Runtime.getRuntime().halt(137);
    }
  }
}
