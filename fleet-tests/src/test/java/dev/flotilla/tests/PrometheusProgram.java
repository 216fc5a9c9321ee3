package dev.flotilla.tests;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.testkit.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Prometheus itself, that scrapes each second. {@code ./fleet test} brings it. */
final class PrometheusProgram implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final URI url;

  private PrometheusProgram(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /**
   * Starts it, and returns when each target was scraped once.
   *
   * @param rules of a rule file
   * @param targets the management ports, by the name of their pod
   */
  static PrometheusProgram start(Path folder, String rules, Map<String, URI> targets) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("rules.yaml"), rules);
      String scraped =
          new TreeMap<>(targets)
              .entrySet().stream()
                  .map(
                      t ->
                          "      - {targets: ['%s'], labels: {namespace: local, pod: %s}}\n"
                              .formatted(t.getValue().getAuthority(), t.getKey()))
                  .collect(Collectors.joining());
      Files.writeString(
          folder.resolve("prometheus.yaml"),
          """
          global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
          rule_files: [rules.yaml]
          scrape_configs:
            - job_name: flotilla
              static_configs:
          """
              + scraped);
      int port = FreePort.next();
      Process process =
          new ProcessBuilder(
                  "prometheus",
                  "--config.file=" + folder.resolve("prometheus.yaml"),
                  "--storage.tsdb.path=" + folder.resolve("data"),
                  "--web.listen-address=127.0.0.1:" + port,
                  "--log.level=warn")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("prometheus.log").toFile())
              .start();
      var program = new PrometheusProgram(process, URI.create("http://127.0.0.1:" + port));
      try {
        program.awaitTargets(targets.size(), folder.resolve("prometheus.log"));
      } catch (RuntimeException | Error e) {
        program.close();
        throw e;
      }
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The result of an expression as of now: a series each. */
  JsonNode query(String expression) {
    return get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
        .at("/data/result");
  }

  /** Of an alert: {@code inactive}, {@code pending} or {@code firing}. */
  String stateOf(String alert) {
    for (JsonNode active : get("/api/v1/alerts").at("/data/alerts")) {
      if (active.at("/labels/alertname").asText().equals(alert)) {
        return active.path("state").asText();
      }
    }
    return "inactive";
  }

  void awaitState(String alert, String state) throws InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    while (!stateOf(alert).equals(state)) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError(alert + " is " + stateOf(alert) + ", not " + state);
      }
      pause();
    }
  }

  private void awaitTargets(int count, Path log) throws IOException {
    Instant end = Instant.now().plus(PATIENCE);
    try {
      while (!isReady() || query("up == 1").size() < count) {
        if (Instant.now().isAfter(end) || !process.isAlive()) {
          throw new AssertionError("Prometheus: " + Files.readString(log));
        }
        pause();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean isReady() {
    try {
      return http.send(
                  HttpRequest.newBuilder(url.resolve("/-/ready")).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private JsonNode get(String path) {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(url.resolve(path)).build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new AssertionError(path + ": " + answer.body());
      }
      return FleetUnderTest.json(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** It looks once a second itself. */
  private static void pause() throws InterruptedException {
    Thread.sleep(200);
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
    http.close();
  }
}
