package dev.flotilla.router.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.router.Requests;
import dev.flotilla.router.validation.Validation;
import dev.flotilla.testkit.FaultRow;
import io.helidon.microprofile.metrics.RegistryFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveRoutingTest {
  private static final Path SHIPPED = Path.of("..", "config");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final MetricRegistry metrics =
      RegistryFactory.getInstance().getRegistry(LiveRoutingTest.class.getSimpleName());
  private final Catalog catalog =
      Catalog.read(SHIPPED.resolve("catalog"), Set.of("sim-north", "sim-south"));
  private final Validation validation = new Validation();

  @TempDir Path folder;

  @Test
  @FaultRow(row = 87, fault = "routing.yaml is wrong when it is read again")
  void a_new_policy_holds_from_the_next_request_on_and_a_wrong_one_leaves_the_last_good_in_place()
      throws Exception {
    Path file = copied();
    String first = Files.readString(file);
    try (var live = open(file)) {
      var policy = new RoutePolicy(catalog, live, validation);
      assertEquals("sim-north/fast", firstFor(policy));
      assertEquals(1, gauge());

      Files.writeString(
          file, first.replace("bulk: {candidates: [fast,", "bulk: {candidates: [sim-south/fast,"));
      await(() -> firstFor(policy).equals("sim-south/fast"));
      assertEquals(1, gauge());

      Files.writeString(
          file, first.replace("bulk: {candidates: [fast,", "bulk: {candidates: [nobody/knows,"));
      await(() -> gauge() == 0);
      assertEquals("sim-south/fast", firstFor(policy));

      Files.writeString(file, first);
      await(() -> gauge() == 1);
      await(() -> firstFor(policy).equals("sim-north/fast"));
    }
  }

  @Test
  @FaultRow(row = 87, fault = "routing.yaml is wrong at the start")
  void a_wrong_policy_at_the_start_names_its_place_and_nothing_is_started() throws Exception {
    Path file = copied();
    Files.writeString(
        file,
        Files.readString(file)
            .replace("bulk: {candidates: [fast,", "bulk: {candidates: [nobody/knows,"));
    var wrong = assertThrows(ConfigurationException.class, () -> open(file));
    assertTrue(String.valueOf(wrong.getMessage()).contains("nobody/knows"), wrong.getMessage());
    assertTrue(String.valueOf(wrong.getMessage()).contains("bulk"), wrong.getMessage());
  }

  private LiveRouting open(Path file) {
    return LiveRouting.open(
        file, () -> RoutingFile.read(file, catalog, validation), Duration.ofMillis(20), metrics);
  }

  private Path copied() throws Exception {
    for (String name : List.of("routing.yaml", "task-types.model")) {
      Files.copy(SHIPPED.resolve(name), folder.resolve(name));
    }
    return folder.resolve("routing.yaml");
  }

  private static String firstFor(RoutePolicy policy) {
    var request =
        Requests.of(
            "{\"model\":\"auto/bulk\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    return switch (policy.planFor(request, Requests.ANYBODY)) {
      case RoutePolicy.Planned.Ready(var plan) -> plan.candidates().getFirst().id();
      case RoutePolicy.Planned.Refused(var error) -> error.message();
    };
  }

  private int gauge() {
    var id = new MetricID(MetricNames.CONFIG_LAST_RELOAD_SUCCESS, new Tag("files", "routing"));
    return ((Number) metrics.getGauge(id).getValue()).intValue();
  }

  private static void await(BooleanSupplier done) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!done.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "nothing has changed");
      Thread.sleep(10);
    }
  }
}
