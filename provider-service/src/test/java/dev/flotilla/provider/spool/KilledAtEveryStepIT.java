package dev.flotilla.provider.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.testkit.FaultRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wherever a process dies on an attempt's way to the ledger, the ledger says the same. */
class KilledAtEveryStepIT {
  private static final int MOST = 200;
  private static final int AT_ONCE = 3;

  /** What one life did before it ended. */
  private record Life(boolean wholeWay, List<String> lines) {
    Set<String> said(String what) {
      return lines.stream()
          .filter(line -> line.startsWith(what + " "))
          .map(line -> line.substring(what.length() + 1))
          .collect(Collectors.toSet());
    }

    String end() {
      return lines.stream()
          .filter(line -> line.startsWith("step "))
          .reduce((before, last) -> last)
          .orElse("");
    }
  }

  @Test
  @FaultRow(
      row = 63,
      fault = "killed before each append, force, shipment, acknowledgement and deletion")
  void killed_before_any_step_each_attempt_is_in_the_ledger_once_as_far_as_it_was_known(
      @TempDir Path folder) throws Exception {
    var ends = new HashSet<String>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      boolean wholeWay = false;
      for (int step = 1; !wholeWay; step += AT_ONCE) {
        assertTrue(step < MOST, "it never comes to its end");
        List<Callable<Life>> lives =
            IntStream.range(step, step + AT_ONCE)
                .<Callable<Life>>mapToObj(last -> () -> lived(folder, last))
                .toList();
        for (var life : threads.invokeAll(lives)) {
          wholeWay |= life.get().wholeWay();
          ends.add(life.get().end().replaceFirst("step \\d+ ", ""));
        }
      }
    }
    var steps = new HashSet<>(Set.of("SHIP", "HEAR_OF_COMMIT"));
    Arrays.stream(Step.values()).map(Step::name).forEach(steps::add);
    steps.removeAll(ends);
    assertEquals(Set.of(), steps, "steps at which nobody died");
  }

  private static Life lived(Path folder, int last) throws Exception {
    Path spool = folder.resolve("spool-" + last);
    var ledger = folder.resolve("ledger-" + last);
    Life life = live(spool, ledger, last);
    shipTheRest(spool, new FolderLedger(ledger));
    assertTheLedgerIsTrue(life, new FolderLedger(ledger).rows(), spool);
    return life;
  }

  private static void assertTheLedgerIsTrue(Life life, Map<String, LedgerEntry> rows, Path folder)
      throws IOException {
    String when = "killed before " + life.end();
    assertTrue(rows.keySet().containsAll(life.said("billed")), when + ": lost one of " + rows);
    rows.forEach(
        (attempt, row) -> {
          switch (row.state()) {
            case EntryState.SETTLED -> assertEquals(28_056, row.costNanos(), when);
            case EntryState.UNKNOWN -> {
              assertTrue(!life.said("told").contains(attempt), when + ": its outcome is lost");
              assertTrue(row.floorNanos() <= 28_056 && 28_056 <= row.ceilingNanos(), when);
            }
            default -> throw new AssertionError(when + ": " + row);
          }
        });
    assertTrue(!Files.exists(folder.resolve("dead-letter.jsonl")), when + ": a dead letter");
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(
          List.of(), left.filter(file -> file.toString().endsWith(".segment")).toList(), when);
    }
  }

  private static void shipTheRest(Path folder, Ledger ledger) {
    try (var spool = Spool.open(SteppedVictim.config(folder))) {
      var shipper = SteppedVictim.shipper(spool, ledger, folder, entry -> {});
      shipper.start();
      assertTrue(shipper.finish(Duration.ofSeconds(10)));
    }
  }

  private static Life live(Path folder, Path ledger, int step) throws Exception {
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SteppedVictim.class.getName(),
                folder.toString(),
                ledger.toString(),
                Integer.toString(step))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      String out = new String(victim.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = victim.waitFor();
      assertTrue(status == 0 || status == 137, "it ended with " + status + " after " + out);
      return new Life(status == 0, out.lines().toList());
    } finally {
      victim.destroyForcibly();
    }
  }
}
