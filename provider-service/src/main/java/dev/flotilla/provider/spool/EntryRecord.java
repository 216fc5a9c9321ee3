package dev.flotilla.provider.spool;

import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.json.WireJson;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A ledger entry as a record of the spool: the same JSON that is shipped, framed. */
final class EntryRecord {
  private static final Logger LOG = Logger.getLogger(EntryRecord.class.getName());

  private EntryRecord() {}

  static byte[] framed(LedgerEntry entry) {
    return RecordFile.framed(WireJson.bytes(entry));
  }

  /** The entries behind these places, in the same order; null where a record has become damaged. */
  static List<@Nullable LedgerEntry> read(List<Unshipped> batch) {
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

  private static @Nullable LedgerEntry entry(RandomAccessFile file, Unshipped.Written written) {
    try {
      return WireJson.read(
          RecordFile.read(file, written.offset(), written.length()), LedgerEntry.class);
    } catch (IOException | NotJson e) {
      LOG.log(Level.SEVERE, "A record of the spool has become damaged", e);
      return null;
    }
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
