package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.FleetPorts;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    assertEquals(
        spent.stripTrailingZeros(), ledgerTotal().subtract(ledgerBefore).stripTrailingZeros());
    assertEquals(hits, metric("llm_cache_requests_total", "result=\"hit\"") - hitsBefore);
    assertEquals(fallbacks, metric("llm_router_fallback_answers_total{") - fallbacksBefore);
    assertEquals(told.path("requests").size(), metric("llm_cache_requests_total{") - answersBefore);
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

  @Test
  void every_curl_of_the_readme_works_as_it_stands_there() throws Exception {
    String readme = Files.readString(FleetUnderTest.TREE.resolve("README.md"));
    Matcher block = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL).matcher(readme);
    var curls = new ArrayList<String>();
    while (block.find()) {
      if (block.group(1).startsWith("curl")) {
        curls.add(block.group(1));
      }
    }
    assertTrue(curls.size() >= 2, "the README shows how to ask");
    for (String curl : curls) {
      String here =
          curl.replace("localhost:8080", "127.0.0.1:" + PORT)
              .replaceFirst("curl", "curl --fail-with-body");
      Ended ended = run(List.of("bash", "-euo", "pipefail", "-c", here));
      assertEquals(0, ended.status(), here + ended);
    }
  }

  @Test
  void the_readme_fits_on_a_screen_or_three() throws IOException {
    assertTrue(Files.readAllLines(FleetUnderTest.TREE.resolve("README.md")).size() <= 150);
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
