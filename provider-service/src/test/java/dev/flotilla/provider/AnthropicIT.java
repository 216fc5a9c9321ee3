package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.json.Json;
import dev.flotilla.provider.dialect.anthropic.FakeAnthropic;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The real service between a provider that speaks Anthropic's dialect and a ledger. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnthropicIT {
  private static final String PLAIN =
      """
      {"model":"up/fast","messages":[{"role":"user","content":"Who came first?"}],"max_tokens":500}""";
  private static final String STREAMED =
      PLAIN.replace("\"max_tokens\"", "\"stream\":true,\"max_tokens\"");

  private final FakeAnthropic anthropic = new FakeAnthropic();
  private final FakeLedger ledger = FakeLedger.start();
  private RunningProvider provider;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    TestCatalog.write(folder, anthropic.baseUrl());
    Files.writeString(
        folder.resolve("catalog/up.yaml"),
        """
        provider: up
        dialect: anthropic
        base_url: %s
        models:
          - name: fast
            upstream: claude-haiku-4-5
            context_tokens: 200000
            max_output_tokens: 64000
            supports: [tools, sampling]
            prices:
              - {from: 2026-01-01, source: test, input: 1, cache_read: 0.1, cache_write_5m: 1.25, cache_write_1h: 2, output: 5}
        """
            .formatted(anthropic.baseUrl()));
    provider = RunningProvider.start(folder, ledger.url(), Map.of());
  }

  @AfterAll
  void stop() {
    if (provider != null) {
      provider.close();
    }
    anthropic.close();
    ledger.close();
  }

  @Test
  void a_whole_answer_is_openais_and_its_cost_is_that_of_anthropics_buckets() throws Exception {
    anthropic.says("anthropic-plain");
    var response = provider.ask(PLAIN);
    assertEquals(200, response.statusCode());
    JsonNode body = Json.parse(response.body());
    assertEquals("up/fast", body.path("model").asText());
    assertEquals(144, body.at("/usage/prompt_tokens").asInt());
    assertSettled(row(response));
  }

  @Test
  void a_stream_costs_the_same() throws Exception {
    anthropic.says("anthropic-plain");
    String body = provider.ask(STREAMED).body();
    assertTrue(body.strip().endsWith("data: [DONE]"), body);
    assertSettled(rowIn(body));
  }

  @Test
  void calls_of_tools_reach_the_caller() throws Exception {
    anthropic.says("anthropic-tools");
    var response = provider.ask(PLAIN);
    JsonNode choice = Json.parse(response.body()).at("/choices/0");
    assertEquals("tool_calls", choice.path("finish_reason").asText());
    assertEquals("arrivals", choice.at("/message/tool_calls/0/function/name").asText());
    assertEquals(AttemptUsage.text(472, 0, 77, 21), row(response).usage());
  }

  @Test
  void an_error_is_void_and_has_its_class() throws Exception {
    anthropic.fails(529, "overloaded_error", "Overloaded");
    var response = provider.ask(PLAIN);
    assertEquals(503, response.statusCode());
    LedgerEntry row = row(response);
    assertEquals(EntryState.VOID, row.state());
    assertEquals("overloaded", row.outcome());
  }

  @Test
  void a_stream_that_breaks_is_an_estimate_with_the_input_that_anthropic_counted()
      throws Exception {
    anthropic.says("anthropic-broken");
    String body = provider.ask(STREAMED).body();
    assertFalse(body.contains("[DONE]"), body);
    LedgerEntry row = rowIn(body);
    assertEquals(EntryState.ESTIMATED, row.state());
    assertEquals(new AttemptUsage(14L, 100L, 20L, 10L, 4L, 0L, null, null, null), row.usage());
  }

  @Test
  void what_cannot_be_said_is_refused_before_anything_is_written_down_or_sent() throws Exception {
    anthropic.says("anthropic-plain");
    provider.ask(PLAIN);
    JsonNode before = anthropic.lastBody();
    var response = provider.ask(PLAIN.replace("\"max_tokens\"", "\"seed\":7,\"max_tokens\""));
    assertEquals(400, response.statusCode());
    JsonNode error = Json.parse(response.body()).path("error");
    assertEquals("unsupported_parameter", error.path("code").asText());
    assertEquals("seed", error.path("param").asText());
    assertEquals("unsupported", error.path("outcome").asText());
    assertEquals("[]", response.headers().firstValue("x-flotilla-attempts").orElse(""));
    assertEquals(before, anthropic.lastBody(), "nothing was sent");
  }

  private static void assertSettled(LedgerEntry row) {
    assertEquals(EntryState.SETTLED, row.state());
    assertEquals(new AttemptUsage(14L, 100L, 20L, 10L, 17L, 0L, null, null, null), row.usage());
    // 14 × 1 + 100 × 0.1 + 20 × 1.25 + 10 × 2 + 17 × 5 micro-dollars
    assertEquals(154_000, row.costNanos());
    assertEquals("claude-haiku-4-5-20251001", row.servedModel());
    assertEquals("msg_01PlainShips", row.upstreamId());
    assertEquals("stop", row.finishReason());
  }

  private LedgerEntry row(HttpResponse<String> response) throws Exception {
    String report = response.headers().firstValue("x-flotilla-attempts").orElseThrow();
    return ledger.awaitRow(Json.parse(report).path(0).path("attempt_id").asText());
  }

  private LedgerEntry rowIn(String stream) throws Exception {
    String comment = stream.lines().filter(l -> l.contains("attempt_id")).findFirst().orElseThrow();
    JsonNode report = Json.parse(comment.substring(comment.indexOf('[')));
    return ledger.awaitRow(report.path(0).path("attempt_id").asText());
  }
}
