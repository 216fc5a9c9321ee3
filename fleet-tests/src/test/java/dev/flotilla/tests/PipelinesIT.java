package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.OtlpReceiver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The shipped pipelines on the simulator, and what the ledger says about them. */
class PipelinesIT {
  private static final String KEY = "sk-growth";
  private static final String REVIEWER_KEY = "sk-growth-reviewer";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Inputs that say more than their schemas ask for. */
  private static final Map<String, String> INPUTS =
      Map.of(
          "product-listing",
          "{\"title\":\"Kettle\",\"facts\":[\"1.5 litres\",\"steel\",\"2 kW\"]}",
          "media-brief",
          // A picture of one pixel, and a WAV file without a sound in it.
          "{\"image\":\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\",\"audio\":\"UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=\"}");

  @TempDir static Path folder;

  private static final OtlpReceiver SPANS = OtlpReceiver.start();
  private static LocalFleet fleet;
  private static HttpServer search;
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void start() throws IOException {
    search = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    search.createContext(
        "/",
        exchange -> {
          byte[] hits =
              "{\"hits\":[{\"url\":\"https://example.com/a\",\"text\":\"Tea has caffeine.\"}]}"
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("content-type", "application/json");
          exchange.sendResponseHeaders(200, hits.length);
          exchange.getResponseBody().write(hits);
          exchange.close();
        });
    search.start();
    copy(FleetUnderTest.TREE.resolve("config"), folder.resolve("config"));
    Files.writeString(
        folder.resolve("config/connections.yaml"),
        "connections:\n  web-search: {base_url: \"http://127.0.0.1:%d\"}\n"
            .formatted(search.getAddress().getPort()));
    Files.writeString(
        folder.resolve("keys.yaml"),
        FleetUnderTest.key("k_growth", KEY, "growth", "")
            + FleetUnderTest.key("k_ann", REVIEWER_KEY, "growth", "")
                .replace("[caller, viewer", "[reviewer"));
    fleet =
        LocalFleet.start(
            FleetOptions.inTree(FleetUnderTest.TREE)
                .withState(folder.resolve("state"))
                .withPartsIn(FleetUnderTest.TREE.resolve("fleet-tests/target/parts"))
                .withPorts(FleetPorts.free())
                .withConfigDirectory(folder.resolve("config"))
                .with("FLOTILLA_KEYS_FILE", folder.resolve("keys.yaml").toString())
                .with("FLOTILLA_PROVIDERS_ENABLED", "sim-north,sim-south,sim-east")
                .with("FLOTILLA_TRACING_OTLP_ENDPOINT", SPANS.url())
                .with("FLOTILLA_PIPELINE_HEARTBEAT", "PT0.3S")
                .with("FLOTILLA_PIPELINE_POLL", "PT0.2S"));
  }

  @AfterAll
  static void stop() {
    fleet.close();
    SPANS.close();
    search.stop(0);
  }

  @TestFactory
  Stream<DynamicTest> each_shipped_pipeline_runs_and_its_steps_sum_to_the_ledger()
      throws Exception {
    var tests = new ArrayList<DynamicTest>();
    for (JsonNode pipeline : get("/v1/pipelines").path("data")) {
      String name = pipeline.path("name").asText();
      tests.add(DynamicTest.dynamicTest(name, () -> runsToItsEnd(name, pipeline)));
    }
    assertFalse(tests.isEmpty(), "no pipeline is shipped");
    return tests.stream();
  }

  private static void runsToItsEnd(String name, JsonNode pipeline) throws Exception {
    JsonNode input =
        INPUTS.containsKey(name)
            ? FleetUnderTest.json(INPUTS.get(name))
            : sample(pipeline.path("input_schema"));
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set("input", input);
    JsonNode price = post("/v1/pipelines/" + name + "/runs?dry_run=true", body.toString());
    String id =
        post("/v1/pipelines/" + name + "/runs?mode=async", body.toString()).path("id").asText();
    JsonNode run = awaitEnd(id);
    assertEquals("completed", run.path("status").asText(), run.toString());
    long cost = run.at("/usage/cost").decimalValue().movePointRight(9).longValueExact();
    if (!price.path("highest_usd").isNull()) {
      long highest = price.path("highest_usd").decimalValue().movePointRight(9).longValueExact();
      assertTrue(cost <= highest, cost + " > " + highest);
    }
    Map<String, Long> told = new TreeMap<>();
    for (JsonNode step : run.path("steps")) {
      long nanos = step.at("/usage/cost").decimalValue().movePointRight(9).longValueExact();
      if (nanos > 0) {
        told.merge(step.path("id").asText(), nanos, Long::sum);
      }
    }
    assertEquals(cost, told.values().stream().mapToLong(Long::longValue).sum());
    assertEquals(told, awaitLedger(id, told));
    String trace = run.path("trace_id").asText();
    for (JsonNode step : run.path("steps")) {
      // A pipeline within one is not a step of its own, and what is skipped is not done.
      if (!step.path("kind").asText().equals("pipeline")
          && !step.path("status").asText().equals("skipped")
          && !step.path("id").asText().contains("/")) {
        String key = step.path("key").asText();
        SPANS.awaitSpans(
            spans ->
                spans.stream()
                    .anyMatch(
                        span ->
                            span.traceId().equals(trace)
                                && span.attributes().getOrDefault("flotilla.step", "").equals(key)),
            PATIENCE);
      }
    }
  }

  /** As a person of the team would. */
  private static void approve(String decision) throws IOException, InterruptedException {
    HTTP.send(
        HttpRequest.newBuilder(fleet.url().resolve("/v1/decisions/" + decision + "/decision"))
            .header("authorization", "Bearer " + REVIEWER_KEY)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"decision\":\"approve\"}"))
            .timeout(PATIENCE)
            .build(),
        HttpResponse.BodyHandlers.discarding());
  }

  private static JsonNode awaitEnd(String id) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    JsonNode run = JsonNodeFactory.instance.objectNode();
    while (System.nanoTime() < end) {
      try {
        run = get("/v1/runs/" + id);
        if (run.path("ended_at").isTextual()) {
          return run;
        }
        if (run.path("status").asText().equals("waiting")) {
          approve(run.path("waiting_for").asText());
        }
      } catch (IOException away) {
        // It was killed.
      }
      Thread.sleep(50);
    }
    throw new AssertionError("the run did not end: " + run);
  }

  /** Waits until the ledger has what a run cost; what it has then, by step. */
  private static Map<String, Long> awaitLedger(String run, Map<String, Long> expected)
      throws SQLException, InterruptedException {
    Map<String, String> environment = fleet.environment(Service.COST);
    long end = System.nanoTime() + PATIENCE.toNanos();
    Map<String, Long> found = new HashMap<>();
    try (Connection connection =
            DriverManager.getConnection(
                environment.get("FLOTILLA_POSTGRES_URL"),
                environment.get("FLOTILLA_POSTGRES_USER"),
                environment.get("FLOTILLA_POSTGRES_PASSWORD"));
        var query =
            connection.prepareStatement(
                "select step, sum(cost_nanos) from cost.attempt where run_id = ? group by step having sum(cost_nanos) > 0")) {
      query.setString(1, run);
      while (System.nanoTime() < end) {
        found = new TreeMap<>();
        try (var rows = query.executeQuery()) {
          while (rows.next()) {
            found.put(rows.getString(1), rows.getLong(2));
          }
        }
        if (found.equals(expected)) {
          return found;
        }
        Thread.sleep(50);
      }
    }
    return found;
  }

  /** The least that satisfies a schema, with words in it. */
  private static JsonNode sample(JsonNode schema) {
    var nodes = JsonNodeFactory.instance;
    if (schema.has("enum")) {
      return schema.path("enum").path(0);
    }
    if (schema.has("const")) {
      return schema.path("const");
    }
    return switch (schema.path("type").asText("object")) {
      case "string" ->
          nodes.textNode(
              schema.path("maxLength").asInt(100) < 20 ? "tea" : "Tea and its effect on sleep");
      case "integer", "number" -> nodes.numberNode(schema.path("minimum").asInt(1));
      case "boolean" -> nodes.booleanNode(true);
      case "array" -> {
        var array = nodes.arrayNode();
        int least = Math.max(1, schema.path("minItems").asInt(1));
        for (int i = 0; i < least; i++) {
          array.add(sample(schema.path("items")));
        }
        yield array;
      }
      default -> {
        var object = nodes.objectNode();
        schema
            .path("properties")
            .properties()
            .forEach(field -> object.set(field.getKey(), sample(field.getValue())));
        yield object;
      }
    };
  }

  private static JsonNode get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(fleet.url().resolve(path)));
  }

  private static JsonNode post(String path, String body) throws IOException, InterruptedException {
    JsonNode answer =
        send(
            HttpRequest.newBuilder(fleet.url().resolve(path))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    assertTrue(answer.has("id") || answer.has("object"), answer.toString());
    return answer;
  }

  private static JsonNode send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HTTP.send(
            request.header("authorization", "Bearer " + KEY).timeout(PATIENCE).build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode json = FleetUnderTest.json(answer.body());
    assertTrue(answer.statusCode() < 500, answer.body());
    return json;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Path target = to.resolve(from.relativize(each).toString());
        if (Files.isDirectory(each)) {
          Files.createDirectories(target);
        } else {
          Files.copy(each, target);
        }
      }
    }
  }
}
