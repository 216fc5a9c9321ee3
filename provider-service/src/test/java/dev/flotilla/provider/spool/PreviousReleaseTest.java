package dev.flotilla.provider.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An upgrade finds on its volume what the version before has not shipped yet. */
class PreviousReleaseTest {
  private static final Path RECORDED = Path.of("src/test/resources/recorded/0.1.0/spool");

  @TempDir Path folder;

  @Test
  void what_0_1_0_left_in_its_spool_is_recovered_and_what_a_later_one_adds_is_passed_over()
      throws IOException {
    List<LedgerEntry> left = recovered("000000000007.segment");
    assertEquals(
        List.of(EntryState.SETTLED, EntryState.ESTIMATED, EntryState.VOID),
        left.stream().map(LedgerEntry::state).toList());
    assertEquals(21_300L, left.getFirst().costNanos());
    assertEquals("content@2", left.get(1).pipeline());
    assertEquals("web", left.get(2).project());
    assertEquals(left, recovered("000000000008.segment"));
  }

  private List<LedgerEntry> recovered(String segment) throws IOException {
    Files.copy(RECORDED.resolve(segment), folder.resolve(segment));
    try (var locked = SpoolFolder.lock(folder)) {
      var found = Recovery.of(locked);
      assertEquals(0, found.damaged());
      var entries = new ArrayList<LedgerEntry>();
      for (LedgerEntry entry : EntryRecord.read(new ArrayList<>(found.attempts()))) {
        assertTrue(entry != null);
        entries.add(entry);
      }
      return entries;
    } finally {
      Files.delete(folder.resolve(segment));
    }
  }
}
