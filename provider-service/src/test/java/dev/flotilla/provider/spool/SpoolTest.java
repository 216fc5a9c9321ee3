package dev.flotilla.provider.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.json.WireJson;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.provider.spool.SpoolConfig.Durability;
import dev.flotilla.testkit.FaultRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  /** Held, because a logger nobody holds forgets its level. */
  private static final Logger LOG = Logger.getLogger(Spool.class.getName());

  @BeforeAll
  static void thousands_of_recoveries_need_no_log() {
    LOG.setLevel(Level.OFF);
  }

  @TempDir Path folder;

  @Test
  void an_attempt_whose_outcome_is_written_is_recovered_as_it_ended() throws Exception {
    LedgerEntry ended = Entries.outcome(Entries.intent("a"));
    crashAfter(
        spool -> {
          spool.intent(Entries.intent("a"));
          spool.outcome(ended);
        });
    assertEquals(List.of(ended), recovered());
  }

  @Test
  void an_attempt_that_never_ended_is_recovered_as_unknown_with_its_ceiling() throws Exception {
    crashAfter(spool -> spool.intent(Entries.intent("a")));
    LedgerEntry entry = recovered().getFirst();
    assertEquals(EntryState.UNKNOWN, entry.state());
    assertEquals(90_000, entry.ceilingNanos());
    assertEquals(null, entry.costNanos());
  }

  @Test
  @FaultRow(row = 81, fault = "the last record is cut at any of its bytes")
  void a_last_record_torn_at_any_byte_costs_only_that_record() throws Exception {
    crashAfter(
        spool -> {
          spool.intent(Entries.intent("a"));
          spool.outcome(Entries.outcome(Entries.intent("a")));
          spool.intent(Entries.intent("b"));
          spool.outcome(Entries.outcome(Entries.intent("b")));
        });
    Path segment = onlySegment();
    byte[] whole = Files.readAllBytes(segment);
    int last = whole.length - RecordFile.framed(json(Entries.outcome(Entries.intent("b")))).length;
    for (int size = last; size < whole.length; size++) {
      removeSegments();
      Files.write(segment, Arrays.copyOf(whole, size));
      List<LedgerEntry> entries = recovered();
      assertEquals(2, entries.size(), "torn at " + size);
      assertEquals(EntryState.SETTLED, entries.get(0).state());
      assertEquals(EntryState.UNKNOWN, entries.get(1).state());
    }
  }

  @Test
  @FaultRow(row = 81, fault = "any one bit is another one")
  void a_flipped_bit_anywhere_costs_at_most_the_record_it_is_in() throws Exception {
    crashAfter(
        spool -> {
          for (String id : List.of("a", "b", "c")) {
            spool.intent(Entries.intent(id));
          }
        });
    List<String> intents =
        Stream.of("a", "b", "c").map(id -> new String(json(Entries.intent(id)), UTF_8)).toList();
    Path segment = onlySegment();
    byte[] whole = Files.readAllBytes(segment);
    for (int at = 0; at < whole.length; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= (byte) (1 << (at % 8));
      Files.write(segment, flipped);
      var undamaged = new ArrayList<String>();
      int damaged =
          RecordFile.scan(segment, (_, payload) -> undamaged.add(new String(payload, UTF_8)));
      assertEquals(1, damaged, "flipped at " + at);
      assertEquals(2, undamaged.size(), "flipped at " + at);
      assertTrue(intents.containsAll(undamaged));
    }
  }

  @Test
  void a_segment_is_deleted_only_when_the_ledger_has_every_attempt_in_it() throws Exception {
    try (var spool = open(4_096, 1 << 20)) {
      for (int i = 0; i < 20; i++) {
        LedgerEntry intent = Entries.intent("a" + i);
        spool.intent(intent);
        spool.outcome(Entries.outcome(intent));
      }
      long before = segments();
      assertTrue(before > 3, before + " segments");
      spool.acknowledged(1);
      assertEquals(before, segments());
      spool.acknowledged(18);
      assertTrue(segments() < before);
      spool.acknowledged(1);
      assertEquals(1, segments());
    }
    assertEquals(0, segments());
  }

  @Test
  void an_intent_still_in_flight_keeps_its_segment_and_all_later_ones() throws Exception {
    try (var spool = open(4_096, 1 << 20)) {
      spool.intent(Entries.intent("slow"));
      for (int i = 0; i < 20; i++) {
        LedgerEntry intent = Entries.intent("a" + i);
        spool.intent(intent);
        spool.outcome(Entries.outcome(intent));
      }
      long before = segments();
      spool.acknowledged(20);
      assertEquals(before, segments());
      spool.outcome(Entries.outcome(Entries.intent("slow")));
      spool.acknowledged(1);
      assertEquals(1, segments());
    }
  }

  @Test
  @FaultRow(row = 80, fault = "the spool is as large as it may become")
  void a_full_spool_refuses_intents_but_never_an_outcome() {
    try (var spool = open(4_096, 16_384)) {
      int taken = 0;
      while (spool.intent(Entries.intent("a" + taken)) instanceof IntentResult.Written) {
        taken++;
      }
      assertTrue(taken > 2, taken + " taken");
      for (int i = 0; i < taken; i++) {
        spool.outcome(Entries.outcome(Entries.intent("a" + i)));
      }
      SpoolState state = spool.state();
      assertTrue(state.bytes() <= state.limitBytes(), state.toString());
      assertEquals(taken, state.unshipped());
      spool.acknowledged(taken);
      assertInstanceOf(IntentResult.Written.class, spool.intent(Entries.intent("again")));
    }
  }

  @Test
  @FaultRow(row = 80, fault = "the folder of the spool is gone")
  void a_disk_that_takes_nothing_refuses_intents_and_holds_outcomes_for_the_ledger()
      throws Exception {
    Path own = Files.createDirectory(folder.resolve("own"));
    var config = new SpoolConfig(own, 4_096, 1 << 20, Durability.PROCESS);
    try (var spool = Spool.open(config)) {
      spool.intent(Entries.intent("a"));
      // The next segment cannot be created in a folder that is gone.
      Files.move(own, folder.resolve("moved"));
      int refused = 0;
      for (int i = 0; i < 30; i++) {
        refused += spool.intent(Entries.intent("b" + i)) instanceof IntentResult.Refused ? 1 : 0;
      }
      assertTrue(refused > 0);
      assertFalse(spool.state().writable());
      LedgerEntry ended = Entries.outcome(Entries.intent("a"));
      spool.outcome(ended);
      assertEquals(List.of(ended), spool.read(spool.oldest(10, Duration.ZERO)));
      Files.move(folder.resolve("moved"), own);
      assertInstanceOf(IntentResult.Written.class, spool.intent(Entries.intent("c")));
      assertTrue(spool.state().writable());
    }
  }

  @Test
  @FaultRow(row = 80, fault = "no byte is left on the disk, as the kernel says it")
  void a_disk_without_a_free_byte_refuses_intents_and_loses_no_attempt() throws Exception {
    LedgerEntry ended = Entries.outcome(Entries.intent("a"));
    try (var spool = open(4_096, 1 << 20)) {
      spool.intent(Entries.intent("a"));
      // The current segment has room; the next ones are where every write fails with ENOSPC.
      long next = SpoolFolder.number(onlySegment()) + 1;
      for (long number = next; number < next + 100; number++) {
        Files.createSymbolicLink(
            folder.resolve("%012d.segment".formatted(number)), Path.of("/dev/full"));
      }
      int taken = 0;
      while (spool.intent(Entries.intent("b" + taken)) instanceof IntentResult.Written) {
        taken++;
      }
      assertTrue(taken < 20, taken + " taken");
      assertFalse(spool.state().writable());
      spool.outcome(ended);
      assertEquals(List.of(ended), spool.read(spool.oldest(10, Duration.ZERO)));

      freeTheDisk();
      assertInstanceOf(IntentResult.Written.class, spool.intent(Entries.intent("c")));
      assertTrue(spool.state().writable());
      spool.outcome(Entries.outcome(Entries.intent("c")));
    }
    // What was on the disk before is there; the end of a was never written.
    var states =
        recovered().stream().collect(Collectors.toMap(LedgerEntry::attemptId, LedgerEntry::state));
    assertEquals(EntryState.UNKNOWN, states.get("a"));
    assertEquals(EntryState.SETTLED, states.get("c"));
  }

  private void freeTheDisk() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isSymbolicLink).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void two_processes_cannot_share_a_folder() {
    try (var first = open(4_096, 1 << 20)) {
      var refused = assertThrows(ConfigurationException.class, () -> open(4_096, 1 << 20));
      assertTrue(refused.getMessage().contains("another provider-service is using"));
      assertTrue(first.state().writable());
    }
    open(4_096, 1 << 20).close();
  }

  @Test
  void many_writers_share_few_forced_writes_and_lose_nothing() throws Exception {
    var config = new SpoolConfig(folder, 65_536, 1 << 24, Durability.NODE);
    try (var spool = Spool.open(config);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var writers =
          IntStream.range(0, 200)
              .<Callable<Void>>mapToObj(
                  i ->
                      () -> {
                        LedgerEntry intent = Entries.intent("a" + i);
                        assertInstanceOf(IntentResult.Written.class, spool.intent(intent));
                        spool.outcome(Entries.outcome(intent));
                        return null;
                      })
              .toList();
      for (var done : threads.invokeAll(writers)) {
        done.get();
      }
      assertEquals(200, spool.state().unshipped());
    }
    assertEquals(200, recovered().size());
  }

  @Test
  void an_interrupted_request_does_not_close_the_spool_for_others() {
    try (var spool = open(4_096, 1 << 20)) {
      Thread.currentThread().interrupt();
      assertInstanceOf(IntentResult.Written.class, spool.intent(Entries.intent("a")));
      assertTrue(Thread.interrupted());
      assertInstanceOf(IntentResult.Written.class, spool.intent(Entries.intent("b")));
    }
  }

  private interface Work {
    void in(Spool spool);
  }

  /** Leaves the folder as a killed process would: nothing is shipped, nothing tidied up. */
  private void crashAfter(Work work) {
    try (var spool = open(1 << 20, 1 << 24)) {
      work.in(spool);
    }
  }

  private Spool open(long segmentBytes, long limitBytes) {
    return Spool.open(new SpoolConfig(folder, segmentBytes, limitBytes, Durability.PROCESS));
  }

  private List<LedgerEntry> recovered() throws Exception {
    return recoveredFrom(folder);
  }

  private static List<LedgerEntry> recoveredFrom(Path folder) throws Exception {
    try (var spool = Spool.open(new SpoolConfig(folder, 1 << 20, 1 << 24, Durability.PROCESS))) {
      return spool.read(spool.oldest(1_000, Duration.ZERO));
    }
  }

  private void removeSegments() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".segment")).toList()) {
        Files.delete(file);
      }
    }
  }

  private Path onlySegment() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".segment")).findFirst().orElseThrow();
    }
  }

  private long segments() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".segment")).count();
    }
  }

  private static byte[] json(LedgerEntry entry) {
    return WireJson.bytes(entry);
  }
}
