package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** {@code ./fleet chaos} as it is typed; {@link KillIT} looks closer at what callers see. */
class ChaosIT {
  private static final int REQUESTS = 5_000;
  private static final int KILLS = 5;

  @Test
  void five_thousand_requests_and_five_kills_leave_the_ledger_and_the_bill_the_same()
      throws Exception {
    var command =
        new ProcessBuilder(
                FleetUnderTest.TREE.resolve("fleet").toString(),
                "chaos",
                "--requests",
                Integer.toString(REQUESTS),
                "--kills",
                Integer.toString(KILLS),
                "--seed",
                "4",
                "--json")
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    // The build that runs this test is the one to use: another one inside it would wait for itself.
    command.environment().put("FLEET_NO_BUILD", "true");
    Process chaos = command.start();
    String out = new String(chaos.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, chaos.waitFor(), out);
    JsonNode report = FleetUnderTest.json(out);
    int kills = 0;
    for (JsonNode each : report.path("kills")) {
      kills += each.asInt();
    }
    assertEquals(KILLS, kills, out);
    assertEquals(0, report.path("lost").asInt(-1), out);
    assertEquals(0, report.path("paid_twice").asInt(-1), out);
    assertEquals(0, report.path("wrong").asInt(-1), out);
    assertEquals(report.path("billed_nanos"), report.path("settled_nanos"), out);
    assertTrue(report.path("settled_nanos").asLong() > 0, out);
    assertTrue(report.path("answered").asInt() > REQUESTS / 2, out);
  }
}
