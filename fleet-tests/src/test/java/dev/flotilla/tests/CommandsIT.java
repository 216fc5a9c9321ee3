package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.FleetPorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The README's commands, run as a newcomer runs them, on a fleet of their own. */
class CommandsIT {
  private static final int PORT = FleetPorts.free().base();

  @TempDir static Path state;

  /** What a command printed and how it ended. */
  private record Ended(int status, String out, String err) {}

  @BeforeAll
  static void up() throws Exception {
    Ended up = fleet("up");
    assertEquals(0, up.status(), up.toString());
  }

  @AfterAll
  static void down() throws Exception {
    Ended down = fleet("down");
    assertEquals(0, down.status(), down.toString());
    assertEquals(3, fleet("status").status());
    assertEquals(List.of(), processesOf(state), "left behind");
  }

  @Test
  void the_demo_tells_what_ledger_and_metrics_say() throws Exception {
    awaitShipped();
    double answersBefore = metric("llm_cache_requests_total{");
    double hitsBefore = metric("llm_cache_requests_total", "result=\"hit\"");
    double fallbacksBefore = metric("llm_router_fallback_answers_total{");
    BigDecimal ledgerBefore = ledgerTotal();
    Ended demo = fleet("demo", "--json");
    assertEquals(0, demo.status(), demo.toString());
    JsonNode told = FleetUnderTest.json(demo.out());
    BigDecimal spent = BigDecimal.ZERO;
    int hits = 0;
    int fallbacks = 0;
    for (JsonNode request : told.path("requests")) {
      spent = spent.add(new BigDecimal(request.path("cost").asText()));
      hits += request.path("cache").asText().equals("HIT") ? 1 : 0;
      fallbacks += request.path("fallback_count").asInt() > 0 ? 1 : 0;
      assertTrue(request.path("prompt_tokens").asInt() > 0, request.toString());
    }
    assertEquals(1, hits);
    assertEquals(1, fallbacks);
    assertTrue(spent.signum() > 0);
    JsonNode review = told.path("review");
    BigDecimal reviewed = new BigDecimal(review.path("cost").asText());
    assertTrue(reviewed.signum() > 0, review.toString());
    assertEquals(
        spent.add(reviewed).stripTrailingZeros(),
        ledgerTotal().subtract(ledgerBefore).stripTrailingZeros());
    assertEquals(3, review.path("families").size());
    JsonNode kept = api("/v1/reviews/" + review.path("id").asText());
    assertEquals(review.path("decision"), kept.path("decision"));
    assertEquals(review.path("votes"), kept.path("aggregate").path("votes"));
    assertEquals(0, reviewed.compareTo(kept.path("usage").path("cost").decimalValue()));
    JsonNode savings = told.path("savings");
    assertEquals(
        new BigDecimal(savings.path("saved").asText()).stripTrailingZeros(),
        new BigDecimal(savings.path("routing").asText())
            .add(new BigDecimal(savings.path("cache").asText()))
            .subtract(new BigDecimal(savings.path("overhead").asText()))
            .stripTrailingZeros());
    assertEquals(
        "saved = "
            + api("/v1/costs/savings").path("definition").path("saved").asText("no definition"),
        savings.path("definition").path(0).asText());
    assertEquals(
        1.0 / told.path("requests").size(),
        told.path("totals").path("fallback_rate").asDouble(),
        0.0001);
    assertEquals(hits, metric("llm_cache_requests_total", "result=\"hit\"") - hitsBefore);
    assertEquals(fallbacks, metric("llm_router_fallback_answers_total{") - fallbacksBefore);
    assertEquals(told.path("requests").size(), metric("llm_cache_requests_total{") - answersBefore);
  }

  @Test
  void trace_shows_a_request_from_the_door_to_the_ledger() throws Exception {
    // Sent before there is a viewer: its spans wait for one.
    HttpResponse<String> answer = ask("Trace this to the ledger.");
    assertEquals(200, answer.statusCode(), answer.body());
    Ended where = fleet("trace", "--json");
    assertEquals(0, where.status(), where.toString());
    URI viewer = URI.create(FleetUnderTest.json(where.out()).path("url").asText());
    assertEquals("127.0.0.1", viewer.getHost());
    for (InetAddress address : addressesOthersSee()) {
      try (Socket socket = new Socket()) {
        assertThrows(
            IOException.class,
            () -> socket.connect(new InetSocketAddress(address, viewer.getPort()), 1000),
            "reachable at " + address);
      }
    }

    String requestId = answer.headers().firstValue("x-request-id").orElseThrow();
    Ended trace = fleet("trace", requestId, "--json");
    assertEquals(0, trace.status(), trace.toString());
    JsonNode told = FleetUnderTest.json(trace.out());
    String traceId = told.path("trace_id").asText();
    assertEquals(
        FleetUnderTest.json(answer.body()).path("route").path("trace_id").asText(), traceId);
    String model = answer.headers().firstValue("x-model-used").orElseThrow();
    assertEquals(
        "router-service", span(told, "post /v1/chat/completions").path("service").asText());
    JsonNode attempt = span(told, "chat " + model);
    assertEquals("provider-service", attempt.path("service").asText());
    assertEquals(model, attempt.path("attributes").path("gen_ai.request.model").asText());
    JsonNode settled = span(told, "ledger settle");
    assertEquals("cost-service", settled.path("service").asText());
    assertEquals(attempt.path("span_id"), settled.path("parent_id"));
    assertEquals(
        0,
        new BigDecimal(answer.headers().firstValue("x-cost-usd").orElseThrow())
            .movePointRight(9)
            .compareTo(
                new BigDecimal(settled.path("attributes").path("flotilla.cost.nanos").asText())));

    JsonNode shown = FleetUnderTest.json(get(viewer.resolve("/api/v2/trace/" + traceId)).body());
    assertEquals(told.path("spans").size(), shown.size(), "Zipkin has the same spans");

    Ended text = fleet("trace", traceId);
    assertTrue(
        text.out().contains("chat " + model) && text.out().contains("model=" + model),
        text::toString);
    assertEquals(1, fleet("trace", "req_of_nobody").status());
    assertTrue(fleet("status").out().contains("traces: " + viewer));
    for (String service : List.of("router", "provider", "cost", "review")) {
      String log = Files.readString(state.resolve("logs/" + service + ".log"));
      assertFalse(log.contains("Failed to export"), log);
    }
  }

  @Test
  void prompts_prints_per_task_type_what_was_chosen() throws Exception {
    Ended prompts = fleet("prompts", "--json");
    assertEquals(0, prompts.status(), prompts.toString());
    JsonNode types = FleetUnderTest.json(prompts.out()).path("task_types");
    assertTrue(types.size() >= 3, prompts.out());
    for (JsonNode type : types) {
      assertTrue(
          type.path("requests").asInt() > 0 && type.path("models").size() > 0, type.toString());
    }
  }

  static List<Path> pages() throws IOException {
    try (var docs = Files.walk(FleetUnderTest.TREE.resolve("docs"))) {
      return Stream.concat(
              Stream.of(FleetUnderTest.TREE.resolve("README.md")),
              docs.filter(file -> file.toString().endsWith(".md")).sorted())
          .filter(page -> !curls(page).isEmpty())
          .toList();
    }
  }

  /** In the order of the page, because a later one may speak of what an earlier one did. */
  @ParameterizedTest
  @MethodSource("pages")
  void every_curl_of_a_page_works_as_it_stands_there(Path page) throws Exception {
    for (String curl : curls(page)) {
      String here =
          curl.replace("localhost:8080", "127.0.0.1:" + PORT)
              .replace("localhost:8090", "127.0.0.1:" + (PORT + 10))
              .replaceFirst("curl", "curl --fail-with-body");
      Ended ended = run(List.of("bash", "-euo", "pipefail", "-c", here));
      assertEquals(0, ended.status(), here + ended);
    }
  }

  private static List<String> curls(Path page) {
    String text;
    try {
      text = Files.readString(page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Pattern.compile("```sh\\n(curl.*?)```", Pattern.DOTALL)
        .matcher(text)
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  @Test
  void the_readme_fits_on_a_screen_or_three() throws IOException {
    assertTrue(Files.readAllLines(FleetUnderTest.TREE.resolve("README.md")).size() <= 150);
  }

  private static List<InetAddress> addressesOthersSee() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .toList();
  }

  private static JsonNode span(JsonNode trace, String name) {
    return StreamSupport.stream(trace.path("spans").spliterator(), false)
        .filter(span -> span.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + trace));
  }

  private static HttpResponse<String> ask(String text) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + "/v1/chat/completions"))
              .header("authorization", "Bearer sk-local")
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(FleetUnderTest.ask("auto", text)))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static JsonNode api(String path) throws Exception {
    HttpResponse<String> response = get(URI.create("http://127.0.0.1:" + PORT + path));
    assertEquals(200, response.statusCode(), response.body());
    return FleetUnderTest.json(response.body());
  }

  private static BigDecimal ledgerTotal() throws Exception {
    HttpResponse<String> response =
        get(URI.create("http://127.0.0.1:" + PORT + "/v1/costs?include_simulated=true"));
    BigDecimal total = BigDecimal.ZERO;
    for (JsonNode results : FleetUnderTest.json(response.body()).findValues("results")) {
      for (JsonNode result : results) {
        total = total.add(result.path("amount").path("value").decimalValue());
      }
    }
    return total;
  }

  /** What other tests spent is in the ledger before this one counts. */
  private static void awaitShipped() throws Exception {
    while (metricOf(PORT + 11, "ledger_oldest_unshipped_seconds") > 0) {
      Thread.sleep(20);
    }
  }

  private static double metric(String prefix, String... labels) throws Exception {
    return metricOf(PORT + 10, prefix, labels);
  }

  private static double metricOf(int port, String prefix, String... labels) throws Exception {
    String text = get(URI.create("http://127.0.0.1:" + port + "/metrics")).body();
    return text.lines()
        .filter(line -> line.startsWith(prefix))
        .filter(line -> List.of(labels).stream().allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static HttpResponse<String> get(URI uri) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(uri).header("authorization", "Bearer sk-local").build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static Ended fleet(String... arguments) throws Exception {
    var command = new ArrayList<String>(List.of(FleetUnderTest.TREE.resolve("fleet").toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--state", state.toString(), "--port-base", Integer.toString(PORT)));
    return run(command);
  }

  private static Ended run(List<String> command) throws Exception {
    // The build that runs this test is the one to use: another one inside it would wait for itself.
    var builder = new ProcessBuilder(command).directory(FleetUnderTest.TREE.toFile());
    builder.environment().put("FLEET_NO_BUILD", "true");
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.endsWith("_API_KEY") || name.equals("OPENAI_BASE_URL"));
    Process process = builder.start();
    process.getOutputStream().close();
    var err = new ArrayList<String>();
    Thread reader = Thread.ofVirtual().start(() -> err.add(text(process.getErrorStream())));
    String out = text(process.getInputStream());
    int status = process.waitFor();
    reader.join();
    return new Ended(status, out, String.join("", err));
  }

  private static String text(InputStream in) {
    try {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "unreadable: " + e.getMessage();
    }
  }

  private static List<String> processesOf(Path state) {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.contains(state.toString()))
        .toList();
  }
}
