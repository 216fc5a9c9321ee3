package dev.flotilla.provider.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.provider.spool.SpoolConfig.Durability;
import dev.flotilla.testkit.FaultRow;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SIGKILL to a process between two steps of an attempt; what is left is what is on the disk. */
class KilledWriterIT {
  @ParameterizedTest
  @EnumSource(Durability.class)
  @FaultRow(row = 62, fault = "killed between the intent and the first byte to the provider")
  void killed_before_anything_was_sent_the_attempt_is_unknown_and_surely_cost_nothing(
      Durability durability, @TempDir Path folder) throws Exception {
    LedgerEntry found = leftBy(folder, durability, "intent");
    assertEquals(EntryState.UNKNOWN, found.state());
    assertEquals(0, found.floorNanos());
    assertEquals(90_000, found.ceilingNanos());
    assertNull(found.costNanos());
    assertNull(found.endedAt());
  }

  @ParameterizedTest
  @EnumSource(Durability.class)
  @FaultRow(row = 64, fault = "killed after a stream wrote down what it has cost")
  void killed_within_a_stream_the_attempt_is_unknown_above_its_floor(
      Durability durability, @TempDir Path folder) throws Exception {
    LedgerEntry found = leftBy(folder, durability, "progress");
    assertEquals(EntryState.UNKNOWN, found.state());
    assertEquals(250, found.floorNanos());
    assertNull(found.costNanos());
  }

  @ParameterizedTest
  @EnumSource(Durability.class)
  @FaultRow(row = 63, fault = "killed between the outcome and the last byte to the caller")
  void killed_after_the_outcome_the_attempt_is_as_it_ended(
      Durability durability, @TempDir Path folder) throws Exception {
    assertEquals(Entries.outcome(Entries.intent("a")), leftBy(folder, durability, "outcome"));
  }

  private static LedgerEntry leftBy(Path folder, Durability durability, String step)
      throws Exception {
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SpoolVictim.class.getName(),
                folder.toString(),
                durability.name(),
                step)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out =
        new BufferedReader(
            new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
      assertEquals("here", out.readLine());
    } finally {
      victim.destroyForcibly().waitFor();
    }
    try (var spool = Spool.open(new SpoolConfig(folder, 1 << 20, 1 << 24, durability))) {
      List<LedgerEntry> left = spool.read(spool.oldest(10, Duration.ZERO));
      assertEquals(1, left.size());
      return left.getFirst();
    }
  }
}
