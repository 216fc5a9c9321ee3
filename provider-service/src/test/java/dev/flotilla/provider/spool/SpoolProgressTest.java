package dev.flotilla.provider.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.json.JsonbOnTheWire;
import dev.flotilla.provider.spool.SpoolConfig.Durability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolProgressTest {
  @TempDir Path folder;

  @Test
  void an_attempt_that_never_ended_is_recovered_with_its_last_floor() throws Exception {
    LedgerEntry intent = Entries.intent("a");
    try (var spool = open(1 << 20, 1 << 24)) {
      spool.intent(intent);
      spool.progress(Entries.progress(intent, 100));
      spool.progress(Entries.progress(intent, 250));
    }
    LedgerEntry entry = recovered().getFirst();
    assertEquals(EntryState.UNKNOWN, entry.state());
    assertEquals(250, entry.floorNanos());
    assertEquals(90_000, entry.ceilingNanos());
    assertEquals(null, entry.costNanos());
    assertEquals("chatcmpl-1", entry.upstreamId());
  }

  @Test
  void a_torn_last_progress_leaves_the_one_before_it() throws Exception {
    LedgerEntry intent = Entries.intent("a");
    try (var spool = open(1 << 20, 1 << 24)) {
      spool.intent(intent);
      spool.progress(Entries.progress(intent, 100));
      spool.progress(Entries.progress(intent, 250));
    }
    Path segment = segments().getFirst();
    byte[] whole = Files.readAllBytes(segment);
    Files.write(segment, Arrays.copyOf(whole, whole.length - 1));
    assertEquals(100, recovered().getFirst().floorNanos());
  }

  @Test
  void an_outcome_is_the_truth_whatever_was_written_before_it() throws Exception {
    LedgerEntry intent = Entries.intent("a");
    LedgerEntry ended = Entries.outcome(intent);
    try (var spool = open(1 << 20, 1 << 24)) {
      spool.intent(intent);
      spool.progress(Entries.progress(intent, 100));
      spool.outcome(ended);
      spool.progress(Entries.progress(intent, 250));
    }
    assertEquals(List.of(ended), recovered());
  }

  @Test
  void an_outcome_is_never_deleted_while_a_progress_of_its_attempt_is_there() throws Exception {
    LedgerEntry slow = Entries.intent("slow");
    LedgerEntry slower = Entries.intent("slower");
    try (var spool = open(4_096, 1 << 20)) {
      spool.intent(slow);
      write(spool, 0, 10);
      spool.progress(Entries.progress(slow, 100));
      // Keeps the segment in which the progress is.
      spool.intent(slower);
      write(spool, 10, 20);
      spool.outcome(Entries.outcome(slow));
      write(spool, 20, 30);
      spool.outcome(Entries.outcome(slower));
      for (int shipped = 1; shipped <= 32; shipped++) {
        spool.acknowledged(1);
        // What a process killed now would find.
        List<String> states = statesOnDisk("slow");
        assertTrue(
            states.isEmpty() || states.getLast().equals(EntryState.SETTLED),
            "after " + shipped + ": " + states);
      }
      assertEquals(1, segments().size());
    }
    assertEquals(List.of(), segments());
  }

  @Test
  void progress_takes_no_room_from_outcomes_or_from_the_next_calls() {
    LedgerEntry slow = Entries.intent("slow");
    try (var spool = open(4_096, 65_536)) {
      spool.intent(slow);
      for (int i = 0; i < 1_000; i++) {
        spool.progress(Entries.progress(slow, i));
      }
      assertTrue(spool.state().bytes() <= 32_768, spool.state().toString());
      int taken = 0;
      while (spool.intent(Entries.intent("a" + taken)) instanceof IntentResult.Written) {
        taken++;
      }
      assertTrue(taken > 4, taken + " taken");
      for (int i = 0; i < taken; i++) {
        spool.outcome(Entries.outcome(Entries.intent("a" + i)));
      }
      spool.outcome(Entries.outcome(slow));
      SpoolState state = spool.state();
      assertTrue(state.bytes() <= state.limitBytes(), state.toString());
      assertEquals(taken + 1, state.unshipped());
    }
  }

  @Test
  void a_disk_that_takes_nothing_costs_the_progress_and_nothing_else() throws Exception {
    Path own = Files.createDirectory(folder.resolve("own"));
    LedgerEntry intent = Entries.intent("a");
    try (var spool = Spool.open(new SpoolConfig(own, 4_096, 1 << 20, Durability.PROCESS))) {
      spool.intent(intent);
      // The next segment cannot be created in a folder that is gone.
      Files.move(own, folder.resolve("moved"));
      for (int i = 0; i < 30; i++) {
        spool.progress(Entries.progress(intent, i));
      }
      Files.move(folder.resolve("moved"), own);
      assertInstanceOf(IntentResult.Written.class, spool.intent(Entries.intent("b")));
      LedgerEntry ended = Entries.outcome(intent);
      spool.outcome(ended);
      assertEquals(List.of(ended), spool.read(spool.oldest(10, Duration.ZERO)));
    }
  }

  @Test
  void progress_is_written_with_a_forced_disk_too() throws Exception {
    LedgerEntry intent = Entries.intent("a");
    try (var spool = Spool.open(new SpoolConfig(folder, 65_536, 1 << 20, Durability.NODE))) {
      spool.intent(intent);
      spool.progress(Entries.progress(intent, 100));
    }
    assertEquals(100, recovered().getFirst().floorNanos());
  }

  private static void write(Spool spool, int from, int to) {
    for (int i = from; i < to; i++) {
      LedgerEntry intent = Entries.intent("a" + i);
      spool.intent(intent);
      spool.outcome(Entries.outcome(intent));
    }
  }

  private Spool open(long segmentBytes, long limitBytes) {
    return Spool.open(new SpoolConfig(folder, segmentBytes, limitBytes, Durability.PROCESS));
  }

  private List<LedgerEntry> recovered() throws Exception {
    try (var spool = open(1 << 20, 1 << 24)) {
      return List.copyOf(spool.read(spool.oldest(1_000, Duration.ZERO)));
    }
  }

  /** The states of an attempt's records, oldest first. */
  private List<String> statesOnDisk(String attempt) throws Exception {
    var states = new ArrayList<String>();
    for (Path segment : segments()) {
      RecordFile.scan(
          segment,
          (_, payload) -> {
            LedgerEntry entry =
                JsonbOnTheWire.jsonb().fromJson(new String(payload, UTF_8), LedgerEntry.class);
            if (entry.attemptId().equals(attempt)) {
              states.add(entry.state());
            }
          });
    }
    return states;
  }

  private List<Path> segments() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".segment")).sorted().toList();
    }
  }
}
