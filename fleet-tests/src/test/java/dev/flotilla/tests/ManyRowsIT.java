package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code ./fleet rows} as it is typed, with half a million; ten million take minutes. */
@Tag("alone")
class ManyRowsIT {
  private static final int ROWS = 500_000;

  @Test
  void a_months_report_does_not_read_its_rows() throws Exception {
    var command =
        new ProcessBuilder(
                FleetUnderTest.TREE.resolve("fleet").toString(),
                "rows",
                "--rows",
                Integer.toString(ROWS),
                "--json")
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    // The build that runs this test is the one to use: another one inside it would wait for itself.
    command.environment().put("FLEET_NO_BUILD", "true");
    Process rows = command.start();
    String out = new String(rows.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, rows.waitFor(), out);
    JsonNode report = FleetUnderTest.json(out);
    assertEquals(ROWS, report.path("rows").asInt(), out);
    assertEquals(0, report.path("wrong").size(), out);
    assertEquals(5, report.path("reports").size(), out);
    for (JsonNode asked : report.path("reports")) {
      // Their aims are those of a machine that does nothing else. Reading the rows takes seconds.
      double most = Math.max(500, 2 * asked.path("aim_ms").asDouble());
      assertTrue(asked.path("p50_ms").asDouble(most) < most, out);
    }
    assertTrue(report.path("cpu_ratio").asDouble() > 0.5, out);
  }
}
