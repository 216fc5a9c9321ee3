package dev.flotilla.local.doctor;

import dev.flotilla.local.supervision.FleetState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The parts of the fleet that runs, asked for their health. */
final class RunningFleet {
  private final FleetState fleet;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  RunningFleet(FleetState fleet) {
    this.fleet = fleet;
  }

  List<Finding> look() {
    var findings = new ArrayList<Finding>();
    findings.add(
        Finding.well(
            "fleet", fleet.phase() + " at " + fleet.url() + " since " + fleet.startedAt()));
    fleet.parts().forEach(part -> findings.add(look(part)));
    findings.add(ViewerPort.lookBeside(fleet));
    return findings;
  }

  private Finding look(FleetState.PartState part) {
    var found =
        part.status()
            + (part.restarts() == 0 ? "" : ", started again " + part.restarts() + " times");
    if (!part.status().equals("ready") && !part.status().equals("external")) {
      return Finding.problem(
          part.name(),
          found,
          "the end of %s/logs/%s.log says why; ./fleet down and ./fleet up start afresh"
              .formatted(fleet.state(), part.name()));
    }
    if (part.opsPort() != null && !healthy(part.opsPort())) {
      return Finding.problem(
          part.name(),
          found + ", but not healthy",
          "curl http://127.0.0.1:%d/health/ready says which check fails".formatted(part.opsPort()));
    }
    return Finding.well(part.name(), found);
  }

  private boolean healthy(int opsPort) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + opsPort + "/health/ready"))
            .timeout(Duration.ofSeconds(3))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException unreachable) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
