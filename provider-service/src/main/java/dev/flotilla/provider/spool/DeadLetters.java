package dev.flotilla.provider.spool;

import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.contracts.ledger.RejectedEntry;
import dev.flotilla.kit.json.JsonbOnTheWire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Entries the ledger will never take, one JSON object per line in {@code dead-letter.jsonl}, kept
 * for a person to look at. Thread-safe.
 */
public final class DeadLetters {
  private static final Logger LOG = Logger.getLogger(DeadLetters.class.getName());

  private final Path file;
  private final AtomicLong count;

  /** Finds those that an earlier process kept there. */
  public DeadLetters(Path folder) {
    file = folder.resolve("dead-letter.jsonl");
    count = new AtomicLong(lines(file));
    if (count.get() > 0) {
      LOG.log(
          Level.SEVERE,
          "{0} entries that the ledger did not take are in {1}; correct and send them, then move the"
              + " file away",
          new Object[] {count.get(), file});
    }
  }

  /**
   * One line of the file.
   *
   * @param entry null when the record itself had become unreadable
   */
  public record Letter(Instant at, RejectedEntry rejection, @Nullable LedgerEntry entry) {}

  /**
   * @throws UncheckedIOException when the disk does not take it; the entry then stays unshipped
   */
  synchronized void keep(RejectedEntry rejection, @Nullable LedgerEntry entry) {
    String line = JsonbOnTheWire.jsonb().toJson(new Letter(Instant.now(), rejection, entry)) + "\n";
    try {
      Files.writeString(
          file, line, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("a dead letter could not be kept", e);
    }
    count.incrementAndGet();
    LOG.log(
        Level.SEVERE,
        "The ledger does not take attempt {0} ({1}: {2}); it is in {3}",
        new Object[] {rejection.attemptId(), rejection.code(), rejection.message(), file});
  }

  /** How many are in the file: a restart makes none of them right. */
  public long count() {
    return count.get();
  }

  private static long lines(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    } catch (NoSuchFileException none) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException("the dead letters cannot be read", e);
    }
  }
}
