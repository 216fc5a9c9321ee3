package dev.flotilla.local.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFleetTest {
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void two_fleets_run_side_by_side(@TempDir Path here, @TempDir Path there) throws Exception {
    try (var first = LocalFleet.start(FakeFleet.servicesOnly(here));
        var second = LocalFleet.start(FakeFleet.servicesOnly(there))) {
      var ofFirst = environmentSeenBy(first, Service.ROUTER);
      var ofSecond = environmentSeenBy(second, Service.ROUTER);
      assertEquals(first.url(Service.COST).toString(), ofFirst.get("FLOTILLA_COST_URL"));
      assertEquals(second.url(Service.COST).toString(), ofSecond.get("FLOTILLA_COST_URL"));
      assertNotEquals(
          ofFirst.get("FLOTILLA_SERVICE_TOKEN"), ofSecond.get("FLOTILLA_SERVICE_TOKEN"));
    }
  }

  @Test
  void services_find_each_other_the_stores_and_the_local_key(@TempDir Path directory)
      throws Exception {
    var options =
        FakeFleet.servicesOnly(directory)
            .with(Service.PROVIDER, "SIM_DELAY", "PT1S")
            .withConfigDirectory(directory.resolve("other-config"));
    try (var fleet = LocalFleet.start(options)) {
      var ofProvider = environmentSeenBy(fleet, Service.PROVIDER);
      assertEquals("PT1S", ofProvider.get("SIM_DELAY"));
      assertEquals("true", ofProvider.get("FLOTILLA_EXIT_WITH_PARENT"));
      assertEquals("redis://127.0.0.1:1", ofProvider.get("FLOTILLA_REDIS_URL"));
      assertEquals("sim-north,sim-south,sim-east", ofProvider.get("FLOTILLA_PROVIDERS_ENABLED"));
      assertEquals(
          directory.resolve("other-config").toString(), ofProvider.get("FLOTILLA_CONFIG_DIR"));
      assertFalse(environmentSeenBy(fleet, Service.COST).containsKey("SIM_DELAY"));
      var keys = Path.of(String.valueOf(ofProvider.get("FLOTILLA_KEYS_FILE")));
      assertTrue(
          Files.readString(keys).startsWith("- {id: k_local, sha256: "), Files.readString(keys));
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)));
    }
  }

  @Test
  void closing_stops_router_then_provider_then_the_rest_and_leaves_no_process(
      @TempDir Path directory) throws Exception {
    var farewells = directory.resolve("farewells");
    var fleet =
        LocalFleet.start(
            FakeFleet.servicesOnly(directory).with(FakeService.FAREWELLS, farewells.toString()));
    var pids = Stream.of(Service.values()).map(fleet::pid).toList();
    fleet.close();
    pids.forEach(pid -> assertFalse(isAlive(pid)));
    var order = Files.readAllLines(farewells);
    assertEquals(List.of("router", "provider"), order.subList(0, 2));
    assertEquals(List.of("cost", "review"), order.subList(2, 4).stream().sorted().toList());
    assertTrue(FleetState.runningIn(StateDirectory.at(directory.resolve("state"))).isEmpty());
  }

  @Test
  void a_killed_service_comes_back_and_a_stopped_one_does_not(@TempDir Path directory)
      throws Exception {
    try (var fleet = LocalFleet.start(FakeFleet.servicesOnly(directory))) {
      var before = fleet.pid(Service.REVIEW);
      fleet.kill9(Service.REVIEW);
      fleet.awaitReady(Service.REVIEW);
      assertNotEquals(before, fleet.pid(Service.REVIEW));
      assertEquals(1, statusOf(fleet, "review").restarts());

      fleet.stop(Service.REVIEW);
      assertEquals("stopped", statusOf(fleet, "review").status());
      fleet.start(Service.REVIEW);
      assertEquals("ready", statusOf(fleet, "review").status());
    }
  }

  @Test
  void another_instance_of_a_service_is_told_the_same_and_ends_with_the_fleet(
      @TempDir Path directory) throws Exception {
    Instance another;
    try (var fleet = LocalFleet.start(FakeFleet.servicesOnly(directory))) {
      another = fleet.startAnother(Service.ROUTER);
      var second = fleet.startAnother(Service.ROUTER);
      assertEquals(3, Stream.of(fleet.url(), another.url(), second.url()).distinct().count());
      assertEquals(
          environmentSeenBy(fleet, Service.ROUTER).get("FLOTILLA_COST_URL"),
          environmentSeenAt(another.url()).get("FLOTILLA_COST_URL"));
    }
    assertThrows(IOException.class, () -> environmentSeenAt(another.url()));
  }

  @Test
  void a_service_that_refuses_to_start_ends_the_fleet_and_its_reason_is_shown(
      @TempDir Path directory) {
    var options =
        FakeFleet.servicesOnly(directory).with(Service.COST, FakeService.REFUSES_TO_START, "yes");
    var refusal = assertThrows(CannotStart.class, () -> LocalFleet.start(options));
    var message = String.valueOf(refusal.getMessage());
    assertTrue(message.startsWith("cost ended before it was ready"), message);
    assertTrue(
        message.contains("flotilla.example.key is 7, but must be even; use 6 or 8"), message);
    var state = StateDirectory.at(options.state());
    assertTrue(FleetState.lastIn(state).orElseThrow().failed());
    assertTrue(FleetState.runningIn(state).isEmpty());
    options.ports().requireFree();
  }

  @Test
  void a_taken_port_is_found_before_anything_starts(@TempDir Path directory) throws IOException {
    var options = FakeFleet.whole(directory);
    try (var _ =
        new ServerSocket(options.ports().http(Service.COST), 1, InetAddress.getLoopbackAddress())) {
      var refusal = assertThrows(CannotStart.class, () -> LocalFleet.start(options));
      assertTrue(
          String.valueOf(refusal.getMessage()).contains("meant for the cost service, is taken"));
      assertFalse(Files.exists(options.state().resolve("postgres")));
    }
  }

  @Test
  void one_state_directory_has_one_fleet(@TempDir Path directory) {
    var options = FakeFleet.servicesOnly(directory);
    try (var _ = LocalFleet.start(options)) {
      var refusal =
          assertThrows(
              CannotStart.class, () -> LocalFleet.start(options.withPorts(FleetPorts.free())));
      assertTrue(String.valueOf(refusal.getMessage()).contains("already runs"));
    }
  }

  private Map<String, String> environmentSeenBy(LocalFleet fleet, Service service)
      throws Exception {
    return environmentSeenAt(fleet.url(service));
  }

  private Map<String, String> environmentSeenAt(URI address) throws Exception {
    var answer =
        http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    return answer
        .body()
        .lines()
        .filter(line -> line.contains("="))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.indexOf('=')),
                line -> line.substring(line.indexOf('=') + 1)));
  }

  private static FleetState.PartState statusOf(LocalFleet fleet, String name) {
    return fleet.snapshot().parts().stream()
        .filter(part -> part.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }
}
