package dev.flotilla.bench.reviews;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flotilla.bench.machine.ScratchFolder;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/**
 * {@code ./fleet reviews}: reviews by three models of the simulator, one after the other. What is
 * measured is what a caller of the router waits beyond the slowest of the three, by the duration
 * that the review itself names: recording it twice, seating, deciding, and two services between.
 */
public final class ReviewCost {
  /** A JVM compiles what it has done ten thousand times. */
  private static final int WARM_UP = 1_500;

  private final Path tree;
  private final int rounds;
  private final Terminal progress;
  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /**
   * @param rounds reviews that are measured
   */
  public ReviewCost(Path tree, int rounds, Terminal progress) {
    this.tree = tree;
    this.rounds = rounds;
    this.progress = progress;
  }

  /** Measures; takes some seconds per hundred rounds, and a minute or so for the warm-up. */
  public ReviewCostReport run() throws IOException, InterruptedException {
    try (var folder = ScratchFolder.named("fleet-reviews");
        var fleet = start(folder.path())) {
      progress.line("warming up");
      for (int i = 0; i < WARM_UP; i++) {
        beyond(fleet.url(), -i);
      }
      var beyond = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        beyond[i] = beyond(fleet.url(), i);
      }
      Arrays.sort(beyond);
      return new ReviewCostReport(
          rounds, beyond[rounds / 2], beyond[rounds * 9 / 10], beyond[rounds - 1]);
    }
  }

  /** Milliseconds. */
  private double beyond(URI router, int number) throws IOException, InterruptedException {
    long start = System.nanoTime();
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(router.resolve("/v1/reviews"))
                .timeout(Duration.ofSeconds(60))
                .header("authorization", "Bearer sk-local")
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(review(number)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    double took = (System.nanoTime() - start) / 1e6;
    JsonNode reviewers = json.readTree(answer.body()).path("reviewers");
    double slowest = -1;
    for (JsonNode reviewer : reviewers) {
      if (!reviewer.path("error").isNull()) {
        throw new IOException("a reviewer failed: " + reviewer);
      }
      slowest = Math.max(slowest, reviewer.path("duration_ms").asDouble());
    }
    if (answer.statusCode() != 201 || slowest < 0) {
      throw new IOException("a review got " + answer.statusCode() + ": " + answer.body());
    }
    return took - slowest;
  }

  private static String review(int number) {
    return """
        {"artifact": {"type": "text", "content": "The ferry leaves at nine. Number %d."},
         "plan": ["names a time"], "reviewers": ["sim-north/fast", "sim-south/fast", "sim-east/fast"]}"""
        .formatted(number);
  }

  private LocalFleet start(Path folder) {
    return LocalFleet.startUntilExit(
        FleetOptions.inTree(tree)
            .withState(folder.resolve("state"))
            .withPorts(FleetPorts.free())
            .withEnvironment(Map.of("PATH", System.getenv().getOrDefault("PATH", "")))
            .with("FLOTILLA_TRACING_RATIO", "0"),
        progress::line,
        changed -> {});
  }
}
