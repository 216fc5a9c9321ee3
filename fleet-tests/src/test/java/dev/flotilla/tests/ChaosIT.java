package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code ./fleet chaos} as it is typed; {@link KillIT} looks closer at what callers see. */
class ChaosIT {
  private static final int REQUESTS = 5_000;
  private static final int KILLS = 5;
  private static final int RUNS = 16;

  @Test
  void five_thousand_requests_and_five_kills_leave_the_ledger_and_the_bill_the_same()
      throws Exception {
    JsonNode report = chaos("--requests", Integer.toString(REQUESTS), "--seed", "4");
    assertEquals(report.path("billed_nanos"), report.path("settled_nanos"));
    assertTrue(report.path("answered").asInt() > REQUESTS / 2, report.toString());
  }

  @Test
  void runs_go_on_over_the_deaths_of_routers_and_provider_services_and_nothing_is_paid_twice()
      throws Exception {
    JsonNode report = chaos("--runs", Integer.toString(RUNS), "--seed", "5");
    assertEquals(RUNS, report.path("completed").asInt(), report.toString());
    assertEquals(RUNS * 6, report.path("steps").asInt(), report.toString());
    assertEquals(0, report.path("done_twice").asInt(-1), report.toString());
    assertEquals(report.path("billed_nanos"), report.path("settled_nanos"));
  }

  /** What was said, after all that has to be so in any case. */
  private static JsonNode chaos(String... words) throws Exception {
    var command = new ArrayList<String>();
    command.add(FleetUnderTest.TREE.resolve("fleet").toString());
    command.add("chaos");
    command.addAll(List.of(words));
    command.addAll(List.of("--kills", Integer.toString(KILLS), "--json"));
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    // The build that runs this test is the one to use: another one inside it would wait for itself.
    builder.environment().put("FLEET_NO_BUILD", "true");
    Process chaos = builder.start();
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
    assertTrue(report.path("settled_nanos").asLong() > 0, out);
    return report;
  }
}
