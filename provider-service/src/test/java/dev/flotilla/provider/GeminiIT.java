package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.json.Json;
import dev.flotilla.provider.dialect.gemini.FakeGemini;
import dev.flotilla.provider.dialect.gemini.FakeGemini.Reply;
import dev.flotilla.provider.dialect.gemini.GeminiCatalog;
import dev.flotilla.provider.dialect.gemini.Recorded;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The real service between a Gemini of the test's and a ledger. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GeminiIT {
  private static final String PLAIN =
      """
      {"model":"up/fast","messages":[{"role":"user","content":"Which ship came first?"}],"max_tokens":90}""";
  private static final String STREAMED = PLAIN.replace("\"max", "\"stream\":true,\"max");

  private final FakeGemini gemini = new FakeGemini();
  private final FakeLedger ledger = FakeLedger.start();
  private RunningProvider provider;

  @BeforeAll
  void start(@TempDir Path folder) {
    GeminiCatalog.write(folder, gemini.baseUrl());
    provider =
        RunningProvider.start(
            folder, ledger.url(), Map.of("flotilla.transport.attempt-header", "true"));
  }

  @AfterAll
  void stop() {
    if (provider != null) {
      provider.close();
    }
    gemini.close();
    ledger.close();
  }

  @Test
  void an_answer_is_in_the_ledger_with_its_buckets_and_its_cost() throws Exception {
    gemini.replies("gemini-thoughts");
    var response = provider.ask(PLAIN);
    assertEquals(200, response.statusCode(), response.body());
    JsonNode body = Json.parse(response.body());
    assertEquals("up/fast", body.path("model").asText());
    assertTrue(body.at("/choices/0/message/content").asText().startsWith("Zuerst kam"));
    // 32 × 1 + 16 × 0.1 + 17 × 2 + 25 × 3 micro-dollars
    LedgerEntry row = row(report(response), EntryState.SETTLED, 142_600L);
    assertEquals(AttemptUsage.text(32, 16, 17, 25), row.usage());
    assertEquals("stop", row.finishReason());
    assertEquals("gemini-3.6-flash", row.servedModel());
    assertEquals("r-plain-1", row.upstreamId());
  }

  @Test
  void a_stream_is_in_the_ledger_with_the_same_buckets_and_cost() throws Exception {
    gemini.replies("gemini-thoughts");
    String body = provider.ask(STREAMED).body();
    assertTrue(body.strip().endsWith("data: [DONE]"), body);
    LedgerEntry row = row(commentIn(body), EntryState.SETTLED, 142_600L);
    assertEquals(AttemptUsage.text(32, 16, 17, 25), row.usage());
    assertEquals("stop", row.finishReason());
  }

  @Test
  void calls_of_tools_come_back_as_openai_writes_them() throws Exception {
    gemini.replies("gemini-tools");
    String tools =
        ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"tide\"}}],\"max_tokens\"";
    var response = provider.ask(PLAIN.replace(",\"max_tokens\"", tools));
    JsonNode choice = Json.parse(response.body()).at("/choices/0");
    assertEquals("tool_calls", choice.path("finish_reason").asText());
    assertEquals("tide", choice.at("/message/tool_calls/0/function/name").asText());
    assertEquals("tide", gemini.asked().body().at("/tools/0/functionDeclarations/0/name").asText());
    row(report(response), EntryState.SETTLED, 140_000L);
  }

  @Test
  void a_stream_that_is_cut_keeps_what_gemini_had_counted_by_then() throws Exception {
    gemini.cuts("gemini-thoughts");
    String body = provider.ask(STREAMED).body();
    assertTrue(body.contains("event: error"), body);
    assertFalse(body.contains("[DONE]"), body);
    LedgerEntry row = ledger.awaitRow(commentIn(body).path("attempt_id").asText());
    assertEquals("truncated", row.outcome());
    assertEquals(EntryState.ESTIMATED, row.state());
    assertEquals(25, row.usage().reasoning());
    assertEquals(32, row.usage().input());
    assertEquals(16, row.usage().cacheRead());
  }

  @Test
  void a_refusal_costs_nothing_and_quotes_nothing() throws Exception {
    gemini.replies(Reply.json(400, Recorded.text("gemini-error-bad-field.json")));
    var response = provider.ask(PLAIN);
    assertEquals(400, response.statusCode());
    assertFalse(response.body().contains("SECRET"), response.body());
    row(report(response), EntryState.VOID, 0L);
  }

  @Test
  void what_gemini_cannot_be_told_is_refused_before_anything_is_written_or_sent() throws Exception {
    gemini.replies("gemini-answer");
    var response = provider.ask(PLAIN.replace("\"max", "\"logit_bias\":{\"5\":1},\"max"));
    assertEquals(400, response.statusCode());
    JsonNode error = Json.parse(response.body()).path("error");
    assertEquals("unsupported_parameter", error.path("code").asText());
    assertEquals("logit_bias", error.path("param").asText());
    assertFalse(error.path("sent").asBoolean());
    assertEquals("[]", response.headers().firstValue("x-flotilla-attempts").orElse(""));
  }

  private LedgerEntry row(JsonNode report, String state, Long nanos) {
    LedgerEntry row = ledger.awaitRow(report.path("attempt_id").asText());
    assertEquals(state, row.state());
    assertEquals(nanos, row.costNanos());
    return row;
  }

  private static JsonNode report(HttpResponse<String> response) throws Exception {
    return Json.parse(response.headers().firstValue("x-flotilla-attempts").orElseThrow()).path(0);
  }

  private static JsonNode commentIn(String stream) throws Exception {
    String comment =
        stream.lines().filter(line -> line.startsWith(": flotilla ")).findFirst().orElseThrow();
    return Json.parse(comment.substring(": flotilla ".length())).path(0);
  }
}
