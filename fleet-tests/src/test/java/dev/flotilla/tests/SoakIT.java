package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The short form of {@code ./fleet soak}. */
@Tag("alone")
class SoakIT {
  private static final int STREAMS = 1_000;
  private static final int MINUTES = 3;

  @Test
  void a_thousand_streams_are_held_for_three_minutes_without_a_lost_chunk_and_memory_stays_flat()
      throws Exception {
    var command =
        new ProcessBuilder(
                FleetUnderTest.TREE.resolve("fleet").toString(),
                "soak",
                "--minutes",
                Integer.toString(MINUTES),
                "--json")
            .directory(FleetUnderTest.TREE.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    // The build that runs this test is the one to use: another one inside it would wait for itself.
    command.environment().put("FLEET_NO_BUILD", "true");
    Process soak = command.start();
    String out = new String(soak.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, soak.waitFor(), out);
    JsonNode report = FleetUnderTest.json(out);
    assertEquals(0, report.path("failed").asInt(-1), out);
    // One chunk a second each; the last ones of a stream may end a little after the time.
    assertTrue(report.path("chunks").asInt() > STREAMS * MINUTES * 60 * 8 / 10, out);
  }
}
