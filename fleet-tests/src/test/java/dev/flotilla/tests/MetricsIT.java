package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.local.supervision.Service;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Prometheus' own tool reads what every service shows. {@code ./fleet test} brings it. */
@ExtendWith(SharedFleet.class)
class MetricsIT {
  private final FleetUnderTest fleet;

  MetricsIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @ParameterizedTest
  @EnumSource(Service.class)
  void promtool_finds_nothing_wrong_with_our_metrics(Service service) throws Exception {
    fleet.chat(FleetUnderTest.ask("auto", "be counted at " + service));
    String metrics =
        fleet
            .http
            .send(
                HttpRequest.newBuilder(fleet.fleet.opsUrl(service).resolve("/metrics")).build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    assertTrue(metrics.contains("# TYPE "), metrics);
    assertEquals("", promtool(metrics));
  }

  @Test
  void promtool_would_say_so_if_something_were_wrong() throws Exception {
    assertTrue(promtool("# TYPE llm_attempts counter\nllm_attempts 1\n").contains("llm_attempts"));
  }

  private static String promtool(String metrics) throws Exception {
    Process promtool =
        new ProcessBuilder("promtool", "check", "metrics").redirectErrorStream(true).start();
    Thread writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (var in = promtool.getOutputStream()) {
                    in.write(metrics.getBytes(StandardCharsets.UTF_8));
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                });
    String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    writer.join();
    promtool.waitFor();
    return said;
  }
}
