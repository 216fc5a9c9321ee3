package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.bench.soak.Soak;
import dev.flotilla.local.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The short form of {@code ./fleet soak}. */
class SoakIT {
  @Test
  void a_thousand_streams_are_held_for_three_minutes_without_a_lost_chunk_and_memory_stays_flat()
      throws Exception {
    var told = new ByteArrayOutputStream();
    var out = new Terminal(new PrintStream(told, true, StandardCharsets.UTF_8), false);
    var report = new Soak(FleetUnderTest.TREE, Duration.ofMinutes(3), out).run();
    report.print(out);
    String all = told.toString(StandardCharsets.UTF_8);
    System.out.println(all);
    assertTrue(report.passed(), all);
  }
}
