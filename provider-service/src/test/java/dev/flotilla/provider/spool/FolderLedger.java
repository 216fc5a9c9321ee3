package dev.flotilla.provider.spool;

import dev.flotilla.contracts.ledger.AuditAnswer;
import dev.flotilla.contracts.ledger.AuditQuestion;
import dev.flotilla.contracts.ledger.BatchReceipt;
import dev.flotilla.contracts.ledger.EntryBatch;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.json.JsonbOnTheWire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A ledger that outlives whoever writes into it: a batch is a file, committed by its name. */
final class FolderLedger implements Ledger {
  private final Path folder;

  FolderLedger(Path folder) {
    this.folder = folder;
  }

  @Override
  public BatchReceipt append(EntryBatch batch) {
    try {
      Files.createDirectories(folder);
      Path begun = folder.resolve("begun");
      Files.writeString(begun, JsonbOnTheWire.jsonb().toJson(batch));
      Files.move(
          begun,
          folder.resolve("%06d".formatted(batches().size())),
          StandardCopyOption.ATOMIC_MOVE);
      return new BatchReceipt(batch.entries().size(), 0, List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public AuditAnswer audit(AuditQuestion question) {
    throw new UnsupportedOperationException("nobody audits here");
  }

  /** What is known of each attempt: once it has ended it stays as it is. */
  Map<String, LedgerEntry> rows() {
    var rows = new HashMap<String, LedgerEntry>();
    try {
      for (Path batch : batches()) {
        for (LedgerEntry entry :
            JsonbOnTheWire.jsonb().fromJson(Files.readString(batch), EntryBatch.class).entries()) {
          LedgerEntry known = rows.get(entry.attemptId());
          if (known == null || known.state().equals(EntryState.UNKNOWN)) {
            rows.put(entry.attemptId(), entry);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(rows);
  }

  private List<Path> batches() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.endsWith("begun")).sorted().toList();
    }
  }
}
