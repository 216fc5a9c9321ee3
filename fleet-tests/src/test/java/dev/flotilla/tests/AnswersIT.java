package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.local.supervision.Service;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the pod of {@code helm test} runs, against services that are there: {@code AnswersTest} says
 * that it is this file.
 */
@ExtendWith(SharedFleet.class)
class AnswersIT {
  private static final Path SCRIPT = FleetUnderTest.TREE.resolve("helm/flotilla/files/answers.sh");

  private final FleetUnderTest fleet;

  AnswersIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  private record Told(int status, List<String> lines) {}

  @Test
  void a_fleet_that_is_well_passes_and_spends_nothing() throws Exception {
    Told told = run(FleetUnderTest.KEY, "60", parts());
    assertEquals(
        new Told(
            0,
            List.of(
                "ok      router is ready",
                "ok      provider is ready",
                "ok      cost is ready",
                "ok      review is ready",
                "ok      the router refuses who has no key",
                "ok      the router names its models",
                "ok      the router would know whom to ask (a dry run)",
                "all 7 are as they should be")),
        told);
    // What other tests have asked for may be learned from still; a dry run that asks does so each
    // time.
    double before;
    int times = 0;
    do {
      assertTrue(times++ < 5, "a provider is asked each time");
      before = attempts();
      assertEquals(0, run(FleetUnderTest.KEY, "60", parts()).status());
    } while (attempts() != before);
  }

  private double attempts() {
    return fleet.metric(Service.PROVIDER, "llm_provider_attempts_total");
  }

  @Test
  void without_a_key_it_asks_what_needs_none() throws Exception {
    Told told = run("", "60", parts());
    assertEquals(0, told.status(), told::toString);
    assertEquals("all 5 are as they should be", told.lines().getLast());
  }

  @Test
  void one_service_that_is_down_fails_it_by_name_and_the_others_are_asked_nevertheless()
      throws Exception {
    var another = fleet.fleet.startAnother(Service.COST);
    String parts = "cost-2=" + another.opsUrl() + " " + parts();
    assertEquals(0, run(FleetUnderTest.KEY, "60", parts).status());
    fleet.fleet.stop(another);
    Told told = run("sk-nobody-knows", "1", parts);
    assertEquals(1, told.status(), told::toString);
    assertTrue(
        told.lines()
            .getFirst()
            .startsWith(
                "FAILED  cost-2 is ready: "
                    + another.opsUrl()
                    + "/health/ready answered nothing instead of 200: curl: (7) "),
        told::toString);
    assertEquals("ok      router is ready", told.lines().get(1), told::toString);
    String models = told.lines().get(6);
    assertTrue(
        models.startsWith("FAILED  the router names its models")
            && models.contains("answered 401 instead of 200")
            && models.contains("\"message\""),
        models);
    assertEquals("3 of 8 are not as they should be", told.lines().getLast());
  }

  private String parts() {
    return Stream.of(Service.ROUTER, Service.PROVIDER, Service.COST, Service.REVIEW)
        .map(service -> service.label() + "=" + fleet.fleet.opsUrl(service))
        .collect(Collectors.joining(" "));
  }

  private Told run(String key, String patience, String parts) throws Exception {
    var command = new ProcessBuilder("sh", SCRIPT.toString()).redirectErrorStream(true);
    command
        .environment()
        .putAll(
            Map.of(
                "READY", parts,
                "ROUTER", fleet.fleet.url().toString(),
                "API_KEY", key,
                "PATIENCE", patience));
    Process process = command.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Told(process.waitFor(), said.lines().toList());
  }
}
