package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What vectors cost: the same rules as for words. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddingIT {
  private static final String ONE =
      """
      {"model":"up/e","input":"Is it so?"}""";

  private final WatchedUpstream upstream = new WatchedUpstream();
  private final FakeLedger ledger = FakeLedger.start();
  private RunningProvider provider;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    TestCatalog.write(folder, upstream.baseUrl());
    Path up = folder.resolve("catalog/up.yaml");
    Files.writeString(
        up,
        Files.readString(up)
            + """
                - name: e
                  upstream: embed-1
                  embedding: {space: s, dimensions: 2}
                  context_tokens: 100
                  prices: [{from: 2026-01-01, source: test, input: 1, output: 0}]
              """);
    provider = RunningProvider.start(folder, ledger.url(), Map.of("flotilla.retry.most", "0"));
  }

  @AfterAll
  void stop() {
    if (provider != null) {
      provider.close();
    }
    upstream.close();
    ledger.close();
  }

  @Test
  void vectors_cost_what_their_usage_says() throws Exception {
    upstream.does(e -> WatchedUpstream.plain(e, 200, vectors(",\"usage\":{\"prompt_tokens\":4}")));
    var answer = embed(ONE);
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("up/e", Json.parse(answer.body()).path("model").asText());
    LedgerEntry row = row(answer);
    assertEquals(EntryState.SETTLED, row.state());
    assertEquals(AttemptUsage.text(4, 0, 0, 0), row.usage());
    assertEquals(4_000, row.costNanos());
    assertEquals(ONE.length() * 1_000L, row.ceilingNanos(), "each byte may be a token");
  }

  @Test
  void what_nobody_counted_is_counted_here_and_says_so() throws Exception {
    upstream.does(e -> WatchedUpstream.plain(e, 200, vectors("")));
    var answer = embed(ONE);
    assertEquals(4, Json.parse(answer.body()).at("/usage/prompt_tokens").asInt());
    assertTrue(Json.parse(answer.body()).at("/usage/estimated").asBoolean());
    LedgerEntry row = row(answer);
    assertEquals(EntryState.ESTIMATED, row.state());
    assertTrue(row.estimated());
    assertEquals(4_000, row.costNanos());
  }

  @Test
  void what_was_lost_is_unknown_and_what_was_refused_is_free() throws Exception {
    upstream.does(
        e -> {
          throw new IOException("hung up, as asked");
        });
    LedgerEntry lost = row(embed(ONE));
    assertEquals(EntryState.UNKNOWN, lost.state());
    assertNull(lost.costNanos());
    upstream.does(e -> WatchedUpstream.plain(e, 400, "{\"error\":{\"message\":\"no\"}}"));
    LedgerEntry refused = row(embed(ONE));
    assertEquals(EntryState.VOID, refused.state());
    assertEquals(0, refused.costNanos());
    upstream.does(
        e ->
            WatchedUpstream.plain(
                e,
                200,
                "{\"object\":\"list\",\"data\":[],\"usage\":{\"prompt_tokens\":4,\"total_tokens\":4}}"));
    LedgerEntry rubbish = row(embed(ONE));
    assertEquals(EntryState.SETTLED, rubbish.state(), "charged all the same");
    assertEquals(4_000, rubbish.costNanos());
    assertEquals("invalid_output", rubbish.outcome());
  }

  @Test
  void words_and_vectors_are_asked_at_their_own_paths() throws Exception {
    var chat = provider.ask("{\"model\":\"up/e\",\"messages\":[]}");
    assertEquals(400, chat.statusCode());
    assertEquals("model", Json.parse(chat.body()).at("/error/param").asText());
    var vectors = embed("{\"model\":\"up/fast\",\"input\":\"x\"}");
    assertEquals(400, vectors.statusCode());
    assertEquals("unsupported_parameter", Json.parse(vectors.body()).at("/error/code").asText());
    var nothing = embed("{\"model\":\"up/e\"}");
    assertEquals("input", Json.parse(nothing.body()).at("/error/param").asText());
  }

  private static String vectors(String usage) {
    return "{\"object\":\"list\",\"model\":\"embed-1\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.6,0.8]}]"
        + usage
        + "}";
  }

  private HttpResponse<String> embed(String body) throws IOException, InterruptedException {
    return provider.send(
        HttpRequest.newBuilder(provider.call(body).build(), (name, value) -> true)
            .uri(provider.uri("/v1/embeddings")));
  }

  private LedgerEntry row(HttpResponse<String> answer) throws NotJson, InterruptedException {
    String reports = answer.headers().firstValue("x-flotilla-attempts").orElseThrow();
    JsonNode report = Json.parse(reports).path(0);
    return ledger.awaitRow(report.path("attempt_id").asText());
  }
}
