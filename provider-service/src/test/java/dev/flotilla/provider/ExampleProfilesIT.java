package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.json.Json;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The example files of the catalogue as they stand; only their addresses are this machine's. What
 * is checked is what their servers insist on: path, query, header and body.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class ExampleProfilesIT {
  private static final Path EXAMPLES = Path.of("..", "examples", "catalog");
  private static final String USAGE = "{\"prompt_tokens\":100,\"completion_tokens\":50}";

  private final WatchedUpstream upstream = new WatchedUpstream();
  private final FakeLedger ledger = FakeLedger.start();
  private RunningProvider provider;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    Path catalog = Files.createDirectories(folder.resolve("catalog"));
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      for (Path file : files.toList()) {
        Files.copy(file, catalog.resolve(file.getFileName()));
      }
    }
    String port = ":" + URI.create(upstream.baseUrl()).getPort();
    Path names = Files.writeString(folder.resolve("names"), "127.0.0.1 vllm.example\n");
    provider =
        RunningProvider.start(
            folder,
            ledger.url(),
            Map.of(
                "flotilla.providers.enabled",
                "azure,vllm,ollama",
                "flotilla.transport.private-hosts",
                "vllm.example,localhost",
                NamesFromFile.FILE,
                names.toString()),
            Map.of(
                "AZURE_OPENAI_BASE_URL",
                "http://127.0.0.1" + port + "/openai/deployments/{upstream}",
                "AZURE_OPENAI_FRANCE_BASE_URL",
                "http://127.0.0.1" + port + "/france/openai/deployments/{upstream}",
                "AZURE_OPENAI_API_KEY",
                "azure-key-1",
                "AZURE_OPENAI_FRANCE_API_KEY",
                "azure-key-2",
                "VLLM_BASE_URL",
                "http://vllm.example" + port + "/v1",
                "OLLAMA_BASE_URL",
                "http://localhost" + port + "/v1"));
  }

  @AfterAll
  void stop() {
    if (provider != null) {
      provider.close();
    }
    upstream.close();
    ledger.close();
  }

  @BeforeEach
  void answer() {
    serves("as-asked");
  }

  @Test
  void azure_is_asked_at_the_deployments_path_with_its_version_and_its_own_header()
      throws Exception {
    serves("gpt-4o-2024-11-20");
    LedgerEntry row = row(ask("azure/gpt-4o", "\"max_tokens\":9"));
    assertEquals(
        "/openai/deployments/gpt-4o-of-the-web-team/chat/completions?api-version=2024-10-21",
        upstream.asked().uri());
    assertEquals("azure-key-1", upstream.asked().headers().get("api-key"));
    assertFalse(upstream.asked().headers().containsKey("authorization"));
    assertEquals(9, sent().path("max_tokens").asInt());
    // 100 × 2.5 + 50 × 10 micro-dollars: a dated version of what it is called in served_as.
    assertEquals(750_000, row.costNanos());
    assertEquals("gpt-4o-2024-11-20", row.servedModel());
    assertEquals(0, oddities("azure/gpt-4o"));
  }

  @Test
  void a_thinking_model_at_azure_is_asked_in_both_regions_with_the_limit_it_knows()
      throws Exception {
    var seen = new HashSet<String>();
    for (int i = 0; i < 40 && seen.size() < 2; i++) {
      row(ask("azure/gpt-5", "\"max_tokens\":9"));
      seen.add(upstream.asked().uri() + " " + upstream.asked().headers().get("api-key"));
      assertEquals(9, sent().path("max_completion_tokens").asInt());
      assertTrue(sent().path("max_tokens").isMissingNode());
    }
    String path = "/openai/deployments/thinker/chat/completions?api-version=2024-10-21";
    assertEquals(Set.of(path + " azure-key-1", "/france" + path + " azure-key-2"), seen);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vllm/qwen3-8b", "ollama/llama3.2"})
  void a_server_of_ones_own_is_asked_without_a_key_and_costs_nothing(String model)
      throws Exception {
    LedgerEntry row = row(ask(model, "\"max_completion_tokens\":9,\"seed\":7"));
    assertEquals("/v1/chat/completions", upstream.asked().uri());
    assertFalse(upstream.asked().headers().containsKey("authorization"));
    assertEquals(9, sent().path("max_tokens").asInt());
    assertTrue(sent().path("max_completion_tokens").isMissingNode());
    assertEquals(7, sent().path("seed").asInt());
    assertEquals(EntryState.SETTLED, row.state());
    assertEquals(0, row.costNanos());
    assertEquals(100, row.usage().input());
  }

  @Test
  void what_ollama_would_pass_over_is_refused_and_what_vllm_can_is_asked() throws Exception {
    var refused = ask("ollama/llama3.2", "\"n\":2");
    assertEquals(400, refused.statusCode());
    assertEquals("n", Json.parse(refused.body()).at("/error/param").asText());
    assertEquals("unsupported", Json.parse(refused.body()).at("/error/outcome").asText());
    row(ask("vllm/qwen3-8b", "\"n\":2,\"top_k\":5,\"max_tokens\":5"));
    assertEquals(5, sent().path("top_k").asInt());
    assertEquals("Qwen/Qwen3-8B", sent().path("model").asText());
  }

  private void serves(String model) {
    upstream.does(
        e ->
            WatchedUpstream.plain(
                e,
                200,
                WatchedUpstream.completion(USAGE).replace("\"up-fast-1\"", "\"" + model + "\"")));
  }

  private HttpResponse<String> ask(String model, String more) throws Exception {
    return provider.ask(
        "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Is it so?\"}],%s}"
            .formatted(model, more));
  }

  private JsonNode sent() throws Exception {
    return Json.parse(upstream.asked().body());
  }

  private LedgerEntry row(HttpResponse<String> response) throws Exception {
    assertEquals(200, response.statusCode(), response.body());
    String attempts = response.headers().firstValue("x-flotilla-attempts").orElseThrow();
    return ledger.awaitRow(Json.parse(attempts).path(0).path("attempt_id").asText());
  }

  private double oddities(String model) throws Exception {
    List<String> lines = provider.ops("/metrics").body().lines().toList();
    return lines.stream()
        .filter(l -> l.startsWith("llm_provider_oddities_total{"))
        .filter(l -> l.contains("\"" + model + "\""))
        .mapToDouble(l -> Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
        .sum();
  }
}
