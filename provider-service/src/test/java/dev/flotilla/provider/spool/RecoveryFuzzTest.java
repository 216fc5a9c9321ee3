package dev.flotilla.provider.spool;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.testkit.Fuzz;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryFuzzTest {
  /** Everything that was ever written of an attempt, as it lies on the disk. */
  private static final Map<String, List<LedgerEntry>> WRITTEN = written();

  /** The records of each attempt as bytes, a character each. */
  private static final Map<String, List<String>> RECORDS = records();

  @Test
  void of_a_spoilt_spool_each_attempt_with_a_whole_record_comes_back_once_and_none_is_invented(
      @TempDir Path path) throws IOException {
    try (var folder = SpoolFolder.lock(path)) {
      Path segment = folder.segment(7);
      Fuzz.ofBytes("spool", List.of(segment(0), segment(1), segment(2)))
          .run(
              4_000,
              input -> {
                Files.write(segment, input);
                holds(Recovery.of(folder), input);
              });
    }
  }

  private static void holds(Recovery found, byte[] bytes) {
    var ids = new HashSet<String>();
    for (LedgerEntry entry : EntryRecord.read(new ArrayList<>(found.attempts()))) {
      if (entry == null) {
        throw new AssertionError("recovered, and not to be read");
      }
      assertTrue(ids.add(entry.attemptId()), "twice: " + entry.attemptId());
      List<LedgerEntry> known = WRITTEN.getOrDefault(entry.attemptId(), List.of());
      assertTrue(known.contains(entry), "nobody wrote " + entry);
    }
    assertEquals(whole(bytes), ids);
  }

  /** Attempts of which a record lies in these bytes from its first to its last. */
  private static Set<String> whole(byte[] bytes) {
    String all = new String(bytes, ISO_8859_1);
    var whole = new HashSet<String>();
    RECORDS.forEach(
        (attempt, records) -> {
          if (records.stream().anyMatch(all::contains)) {
            whole.add(attempt);
          }
        });
    return whole;
  }

  private static Map<String, List<LedgerEntry>> written() {
    var written = new LinkedHashMap<String, List<LedgerEntry>>();
    for (String attempt : List.of("a", "b", "c", "d")) {
      LedgerEntry intent = Entries.intent(attempt);
      written.put(attempt, List.of(intent, Entries.progress(intent, 700), Entries.outcome(intent)));
    }
    return written;
  }

  private static Map<String, List<String>> records() {
    var records = new LinkedHashMap<String, List<String>>();
    WRITTEN.forEach(
        (attempt, entries) ->
            records.put(
                attempt,
                entries.stream()
                    .map(entry -> new String(EntryRecord.framed(entry), ISO_8859_1))
                    .toList()));
    return records;
  }

  /** Attempts beside each other, the last ones not ended. */
  private static byte[] segment(int unfinished) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var attempts = new ArrayList<>(WRITTEN.values());
    for (int record = 0; record < 3; record++) {
      for (int i = 0; i < attempts.size(); i++) {
        if (record < 2 || i < attempts.size() - unfinished) {
          bytes.write(EntryRecord.framed(attempts.get(i).get(record)));
        }
      }
    }
    return bytes.toByteArray();
  }
}
