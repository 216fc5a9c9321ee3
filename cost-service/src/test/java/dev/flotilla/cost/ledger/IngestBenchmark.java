package dev.flotilla.cost.ledger;

import static dev.flotilla.cost.running.RunningCostService.batch;
import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.cost.running.RunningCostService;
import dev.flotilla.testkit.FreePort;
import dev.flotilla.testkit.RealPostgres;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What ingest costs the service's JVM: starts the packaged jar, sends 20,000 settled entries in
 * batches of 500 after as many for warming up, and prints CPU seconds per 1,000 entries. Not a
 * test; run its main from the module's folder after {@code mvn package}.
 */
public final class IngestBenchmark {
  private static final int BATCH = 500;
  private static final int ENTRIES = 20_000;
  private static final String TOKEN = "a-token-for-benchmarks";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port = FreePort.next();
  private final int opsPort = FreePort.next();

  private IngestBenchmark() throws IOException {}

  public static void main(String[] arguments) throws Exception {
    new IngestBenchmark().run();
    System.exit(0);
  }

  private void run() throws IOException, InterruptedException {
    Process service = start();
    try {
      awaitReady(service);
      measure(service, "cold, with intents", true);
      measure(service, "warm", false);
      measure(service, "warm, with intents", true);
      report();
      report();
    } finally {
      service.destroy();
      service.waitFor();
    }
  }

  private void measure(Process service, String what, boolean intents)
      throws IOException, InterruptedException {
    List<String> batches = batches(intents);
    Duration before = cpu(service);
    long start = System.nanoTime();
    for (String batch : batches) {
      HttpResponse<String> response = post(batch);
      if (response.statusCode() != 200 || !response.body().contains("\"accepted\":" + BATCH)) {
        throw new IllegalStateException(response.statusCode() + ": " + response.body());
      }
    }
    double wall = (System.nanoTime() - start) / 1e9;
    double seconds = cpu(service).minus(before).toMillis() / 1e3;
    int sent = batches.size() * BATCH;
    System.out.printf(
        "%s: %d entries, %.3f CPU s per 1,000, %.0f entries/s with one sender%n",
        what, sent, seconds * 1_000 / sent, sent / wall);
  }

  private void report() throws IOException, InterruptedException {
    String path =
        "/v1/costs?bucket=1h&group_by=model,team&from=" + Instant.now().minusSeconds(3_600);
    long start = System.nanoTime();
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("authorization", "Bearer " + TOKEN)
                .header("x-flotilla-team", "ops")
                .header("x-flotilla-key", "k")
                .header("x-flotilla-roles", "admin")
                .build(),
            HttpResponse.BodyHandlers.ofString());
    System.out.printf(
        "%s over %d rows: %d ms%n",
        path, rows(response.body()), (System.nanoTime() - start) / 1_000_000);
  }

  private static long rows(String page) throws IOException {
    return RunningCostService.JSON.readTree(page).findValues("attempts").stream()
        .mapToLong(JsonNode::asLong)
        .sum();
  }

  private static List<String> batches(boolean intents) {
    List<String> batches = new ArrayList<>();
    for (int at = 0; at < ENTRIES; at += BATCH) {
      List<ObjectNode> begun = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) {
        ObjectNode entry = intent("team-" + i % 7, "req_" + (at + i), Instant.now());
        entry.putObject("tags").put("feature", "search").put("customer", "c" + i);
        begun.add(entry);
      }
      if (intents) {
        batches.add(batch(begun));
      }
      batches.add(batch(begun.stream().map(entry -> settled(entry, 21_300)).toList()));
    }
    return batches;
  }

  private Process start() throws IOException {
    RealPostgres.Access database = RealPostgres.freshDatabase();
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-Dserver.host=127.0.0.1",
            "-Dserver.port=" + port,
            "-Dserver.sockets.0.host=127.0.0.1",
            "-Dserver.sockets.0.port=" + opsPort,
            "-jar",
            "target/cost-service.jar");
    builder
        .environment()
        .putAll(
            Map.of(
                "FLOTILLA_POSTGRES_URL", database.jdbcUrl(),
                "FLOTILLA_POSTGRES_USER", database.user(),
                "FLOTILLA_POSTGRES_PASSWORD", database.password(),
                "FLOTILLA_SERVICE_TOKEN", TOKEN,
                "FLOTILLA_CONFIG_DIR", Path.of("..", "config").toString(),
                "FLOTILLA_EXIT_WITH_PARENT", "true"));
    return builder
        .redirectOutput(new File("target/ingest-benchmark.log"))
        .redirectErrorStream(true)
        .start();
  }

  private void awaitReady(Process service) throws InterruptedException {
    Instant end = Instant.now().plusSeconds(60);
    while (service.isAlive() && Instant.now().isBefore(end)) {
      try {
        var request =
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + opsPort + "/health/ready"));
        if (client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode()
            == 200) {
          return;
        }
      } catch (IOException notYet) {
        Thread.sleep(50);
      }
    }
    throw new IllegalStateException("not ready; see target/ingest-benchmark.log");
  }

  private HttpResponse<String> post(String batch) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/ledger/entries"))
            .header("authorization", "Bearer " + TOKEN)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(batch))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static Duration cpu(Process process) {
    return process.info().totalCpuDuration().orElseThrow();
  }
}
