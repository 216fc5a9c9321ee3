package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.testkit.FaultRow;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** {@code ./fleet restarts} as it is typed, at a load that leaves room for other tests. */
class RestartsIT {
  @Test
  @FaultRow(
      row = 86,
      fault = "each router and each provider-service is asked to end, under load with streams")
  void routers_and_provider_services_are_restarted_in_turn_and_nobody_notices() throws Exception {
    var builder =
        new ProcessBuilder(
                FleetUnderTest.TREE.resolve("fleet").toString(),
                "restarts",
                "--rate",
                "20",
                "--services",
                "router,provider",
                "--warm-percent",
                "1",
                "--json")
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    // The build that runs this test is the one to use: another one inside it would wait for itself.
    builder.environment().put("FLEET_NO_BUILD", "true");
    Process restarts = builder.start();
    String out = new String(restarts.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, restarts.waitFor(), out);
    JsonNode report = FleetUnderTest.json(out);
    assertEquals(0, report.path("failures").size(), out);
    assertEquals(0, report.path("wrong").asInt(-1), out);
    assertEquals(report.path("billed_nanos"), report.path("settled_nanos"), out);
    assertTrue(report.path("streams").asInt() > 20, out);
    assertTrue(report.path("lookups").asInt() > 5, out);
    assertEquals(4, report.path("left_after_ms").size(), out);
  }
}
