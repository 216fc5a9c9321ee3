package dev.flotilla.provider.spool;

import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.provider.spool.SpoolConfig.Durability;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A process that goes as far with one attempt as its argument says, and then waits for its end. */
final class SpoolVictim {
  private SpoolVictim() {}

  /**
   * @param arguments folder, durability, then how far: {@code intent}, {@code progress} or {@code
   *     outcome}
   */
  @SuppressWarnings("resource") // The point is that nobody closes it.
  public static void main(String[] arguments) throws InterruptedException {
    var config =
        new SpoolConfig(Path.of(arguments[0]), 1 << 20, 1 << 24, Durability.valueOf(arguments[1]));
    Spool spool = Spool.open(config);
    LedgerEntry intent = Entries.intent("a");
    spool.intent(intent);
    if (!arguments[2].equals("intent")) {
      spool.progress(Entries.progress(intent, 250));
    }
    if (arguments[2].equals("outcome")) {
      spool.outcome(Entries.outcome(intent));
    }
    System.out.println("here");
    new CountDownLatch(1).await();
  }
}
