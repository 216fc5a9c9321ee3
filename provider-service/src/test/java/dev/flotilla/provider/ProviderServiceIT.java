package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.json.Json;
import dev.flotilla.testkit.FaultRow;
import dev.flotilla.testkit.OtlpReceiver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The real service, in a process of its own, between an upstream and a ledger of the test's. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProviderServiceIT {
  private static final String PLAIN =
      """
      {"model":"up/fast","messages":[{"role":"user","content":"Is it so?"}],"max_tokens":50}""";
  private static final String STREAMED =
      PLAIN.replace("\"max_tokens\"", "\"stream\":true,\"max_tokens\"");
  private static final String USAGE =
      """
      {"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":40}}""";

  private final WatchedUpstream upstream = new WatchedUpstream();
  private final FakeLedger ledger = FakeLedger.start();
  private final OtlpReceiver spans = OtlpReceiver.start();
  private Path folder;
  private RunningProvider provider;

  @BeforeAll
  void start(@TempDir Path temporary) {
    folder = temporary;
    TestCatalog.write(folder, upstream.baseUrl());
    provider = RunningProvider.start(folder, ledger.url(), settings());
  }

  @AfterAll
  void stop() {
    if (provider != null) {
      provider.close();
    }
    upstream.close();
    ledger.close();
    spans.close();
  }

  @Test
  void an_answer_costs_what_its_usage_says_and_is_in_the_ledger() throws Exception {
    upstream.does(e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE)));
    var response = provider.ask(PLAIN);
    assertEquals(200, response.statusCode());
    JsonNode body = Json.parse(response.body());
    assertEquals("up/fast", body.path("model").asText());
    assertEquals("Well, yes.", body.at("/choices/0/message/content").asText());
    JsonNode report = report(response);
    // 60 × 1 + 40 × 0.1 + 50 × 2 micro-dollars
    assertEquals(164_000, report.path("cost_nanos").asLong());
    assertEquals("ok", report.path("outcome").asText());
    LedgerEntry row = ledger.awaitRow(report.path("attempt_id").asText());
    assertEquals(EntryState.SETTLED, row.state());
    assertEquals(164_000, row.costNanos());
    assertEquals(AttemptUsage.text(60, 40, 50, 0), row.usage());
    assertEquals("req_test", row.requestId());
    assertEquals("growth", row.team());
    assertEquals("bulk", row.taskType());
    assertEquals("up-fast-1", row.servedModel());
    assertEquals("c1", row.upstreamId());
    assertTrue(row.ceilingNanos() >= 100_000, "50 tokens of output alone are 100,000");
    assertTrue(row.priceVersion().startsWith("sha256:"));
  }

  @Test
  void the_intent_is_in_the_spool_before_the_provider_sees_the_request() throws Exception {
    var found = new CompletableFuture<Boolean>();
    upstream.does(
        e -> {
          String attempt = e.getRequestHeaders().getFirst("x-client-request-id");
          found.complete(spoolContains(attempt));
          WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE));
        });
    provider.ask(PLAIN);
    assertTrue(found.get(1, TimeUnit.SECONDS));
  }

  @Test
  void the_outcome_is_in_the_spool_when_the_caller_has_the_answer() throws Exception {
    upstream.does(
        e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE).replace("c1", "c77")));
    provider.ask(PLAIN);
    assertTrue(spoolContains("c77"));
  }

  @Test
  @FaultRow(row = 28, fault = "no usage in the answer")
  void an_answer_without_usage_is_counted_here_and_says_so() throws Exception {
    upstream.does(e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion("")));
    LedgerEntry row = ledger.awaitRow(report(provider.ask(PLAIN)).path("attempt_id").asText());
    assertEquals(EntryState.ESTIMATED, row.state());
    assertTrue(row.estimated());
    // "Is it so?" are 4 tokens and 4 of frame; "Well, yes." are 4
    assertEquals(AttemptUsage.text(8, 0, 4, 0), row.usage());
    assertEquals(16_000, row.costNanos());
  }

  @Test
  void chunks_are_handed_on_while_the_provider_still_writes() throws Exception {
    double begun = counted("llm_provider_first_chunk_seconds_count");
    double input = counted("llm_provider_tokens_total", "input");
    var goOn = new CountDownLatch(1);
    upstream.does(
        e -> {
          try (var out = WatchedUpstream.stream(e)) {
            WatchedUpstream.event(out, WatchedUpstream.chunk("Well, "));
            goOn.await();
            WatchedUpstream.event(out, WatchedUpstream.chunk("yes."));
            WatchedUpstream.event(out, WatchedUpstream.lastChunk());
            WatchedUpstream.event(out, WatchedUpstream.usageChunk(100, 50));
            WatchedUpstream.event(out, "[DONE]");
          }
        });
    try (var client = HttpClient.newHttpClient()) {
      var response =
          client.send(provider.call(STREAMED).build(), HttpResponse.BodyHandlers.ofInputStream());
      var lines =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
      JsonNode first = Json.parse(lines.readLine().substring("data: ".length()));
      assertEquals("Well, ", first.at("/choices/0/delta/content").asText());
      assertEquals("up/fast", first.path("model").asText());
      goOn.countDown();
      String rest = String.join("\n", lines.lines().toList());
      assertTrue(rest.contains("\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":50}"), rest);
      assertTrue(rest.strip().endsWith("data: [DONE]"), rest);
      JsonNode report = commentIn(rest);
      assertEquals(200_000, report.path("cost_nanos").asLong());
      LedgerEntry row = ledger.awaitRow(report.path("attempt_id").asText());
      assertEquals(EntryState.SETTLED, row.state());
      assertEquals("stop", row.finishReason());
      assertEquals(begun + 1, counted("llm_provider_first_chunk_seconds_count"));
      assertEquals(input + 100, counted("llm_provider_tokens_total", "input"));
    }
  }

  /** Of the model {@code up/fast}. */
  private double counted(String name, String... labels) throws Exception {
    return provider
        .ops("/metrics")
        .body()
        .lines()
        .filter(l -> l.startsWith(name + "{") && l.contains("model=\"up/fast\""))
        .filter(l -> Stream.of(labels).allMatch(label -> l.contains("\"" + label + "\"")))
        .mapToDouble(l -> Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void a_silent_provider_is_covered_by_keep_alive_comments() throws Exception {
    var goOn = new CountDownLatch(1);
    upstream.does(
        e -> {
          try (var out = WatchedUpstream.stream(e)) {
            WatchedUpstream.event(out, WatchedUpstream.chunk("Well, "));
            goOn.await();
            WatchedUpstream.event(out, WatchedUpstream.lastChunk());
            WatchedUpstream.event(out, "[DONE]");
          }
        });
    try (var client = HttpClient.newHttpClient()) {
      var response =
          client.send(provider.call(STREAMED).build(), HttpResponse.BodyHandlers.ofInputStream());
      var lines =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
      while (!lines.readLine().equals(": keep-alive")) {
        // the chunk and its blank line
      }
      goOn.countDown();
      assertTrue(lines.lines().anyMatch("data: [DONE]"::equals));
    }
  }

  @Test
  @FaultRow(row = 33, fault = "the stream is cut")
  void a_stream_that_breaks_never_looks_finished() throws Exception {
    upstream.does(
        e -> {
          var out = WatchedUpstream.stream(e);
          WatchedUpstream.event(out, WatchedUpstream.chunk("Well, yes."));
          throw new IOException("cut, as asked");
        });
    String body = provider.ask(STREAMED).body();
    assertFalse(body.contains("[DONE]"), body);
    String error = body.substring(body.indexOf("event: error\ndata: "));
    assertEquals(
        "truncated", errorIn(error.lines().toList().get(1).substring(6)).path("outcome").asText());
    LedgerEntry row = ledger.awaitRow(commentIn(body).path("attempt_id").asText());
    assertEquals(EntryState.ESTIMATED, row.state());
    assertEquals(AttemptUsage.text(8, 0, 4, 0), row.usage());
  }

  @Test
  @FaultRow(row = 33, fault = "[DONE] without a finish_reason")
  void a_stream_without_a_finish_reason_is_broken_even_when_it_says_done() throws Exception {
    upstream.does(
        e -> {
          try (var out = WatchedUpstream.stream(e)) {
            WatchedUpstream.event(out, WatchedUpstream.chunk("Well, "));
            WatchedUpstream.event(out, "[DONE]");
          }
        });
    String body = provider.ask(STREAMED).body();
    assertTrue(body.contains("event: error"), body);
    assertFalse(body.contains("[DONE]"), body);
  }

  @Test
  @FaultRow(row = 7, fault = "silence after the first chunk")
  void a_provider_that_falls_silent_within_a_stream_is_given_up() throws Exception {
    var never = new CountDownLatch(1);
    upstream.does(
        e -> {
          var out = WatchedUpstream.stream(e);
          WatchedUpstream.event(out, WatchedUpstream.chunk("Well, "));
          never.await();
        });
    String body = provider.ask(STREAMED).body();
    never.countDown();
    assertTrue(body.contains("fell silent"), body);
    assertEquals("timeout", commentIn(body).path("outcome").asText());
  }

  @Test
  @FaultRow(row = 43, fault = "the caller leaves after the first chunk")
  void a_caller_that_leaves_is_charged_what_the_provider_really_wrote() throws Exception {
    var left = new CountDownLatch(1);
    var attempt = new CompletableFuture<String>();
    upstream.does(
        e -> {
          attempt.complete(e.getRequestHeaders().getFirst("x-client-request-id"));
          try (var out = WatchedUpstream.stream(e)) {
            WatchedUpstream.event(out, WatchedUpstream.chunk("Well, "));
            left.await();
            for (int i = 0; i < 50; i++) {
              WatchedUpstream.event(out, WatchedUpstream.chunk("and so on "));
            }
            WatchedUpstream.event(out, WatchedUpstream.lastChunk());
            WatchedUpstream.event(out, WatchedUpstream.usageChunk(100, 170));
            WatchedUpstream.event(out, "[DONE]");
          }
        });
    try (var client = HttpClient.newHttpClient()) {
      var response =
          client.send(provider.call(STREAMED).build(), HttpResponse.BodyHandlers.ofInputStream());
      response.body().read();
      response.body().close();
      client.shutdownNow();
    }
    left.countDown();
    LedgerEntry row = ledger.awaitRow(attempt.get(1, TimeUnit.SECONDS));
    assertEquals(EntryState.SETTLED, row.state());
    assertEquals("abandoned", row.outcome());
    assertEquals(AttemptUsage.text(100, 0, 170, 0), row.usage());
  }

  @Test
  @FaultRow(row = 15, fault = "500")
  void a_server_error_may_have_been_billed_so_nobody_says_what_it_cost() throws Exception {
    upstream.does(e -> WatchedUpstream.plain(e, 500, "{}"));
    var response = provider.ask(PLAIN);
    assertEquals(502, response.statusCode());
    JsonNode error = errorIn(response.body());
    assertEquals("server_error", error.path("outcome").asText());
    assertTrue(error.path("sent").asBoolean());
    assertEquals(500, report(response).path("status").asInt());
    LedgerEntry row = ledger.awaitRow(report(response).path("attempt_id").asText());
    assertEquals(EntryState.UNKNOWN, row.state());
    assertNull(row.costNanos());
    assertTrue(row.ceilingNanos() > 0);
  }

  @Test
  void a_rate_limit_costs_nothing_and_says_when_to_come_back() throws Exception {
    upstream.does(
        e -> {
          e.getResponseHeaders().set("retry-after", "7");
          WatchedUpstream.plain(e, 429, "{}");
        });
    var response = provider.ask(STREAMED);
    assertEquals(429, response.statusCode());
    assertEquals("7", response.headers().firstValue("retry-after").orElse(""));
    assertEquals(7_000, errorIn(response.body()).path("retry_after_ms").asLong());
    LedgerEntry row = ledger.awaitRow(report(response).path("attempt_id").asText());
    assertEquals(EntryState.VOID, row.state());
    assertEquals(0, row.costNanos());
  }

  @Test
  @FaultRow(row = 16, fault = "400 context_length_exceeded")
  void the_callers_own_mistake_comes_back_with_the_providers_words() throws Exception {
    upstream.does(
        e ->
            WatchedUpstream.plain(
                e,
                400,
                """
                {"error":{"message":"Too long by 17.","code":"context_length_exceeded"}}"""));
    var response = provider.ask(PLAIN);
    assertEquals(400, response.statusCode());
    assertEquals("context_length", errorIn(response.body()).path("outcome").asText());
    assertEquals("Too long by 17.", errorIn(response.body()).path("message").asText());
  }

  @Test
  @FaultRow(row = 6, fault = "no first byte until the deadline")
  void a_deadline_ends_the_wait_and_leaves_the_cost_unknown() throws Exception {
    var never = new CountDownLatch(1);
    upstream.does(e -> never.await());
    String soon = Long.toString(System.currentTimeMillis() + 400);
    var response = provider.send(provider.call(PLAIN).header("x-flotilla-deadline", soon));
    never.countDown();
    assertEquals(504, response.statusCode());
    LedgerEntry row = ledger.awaitRow(report(response).path("attempt_id").asText());
    assertEquals(EntryState.UNKNOWN, row.state());
    assertEquals("timeout", row.outcome());
  }

  @Test
  void a_call_whose_deadline_has_passed_is_not_made() throws Exception {
    upstream.does(e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE)));
    var response = provider.send(provider.call(PLAIN).header("x-flotilla-deadline", "1000"));
    assertEquals(504, response.statusCode());
    assertFalse(errorIn(response.body()).path("sent").asBoolean());
    assertEquals("[]", response.headers().firstValue("x-flotilla-attempts").orElse(""));
  }

  @Test
  void a_port_that_is_taken_ends_the_process_with_a_failure(@TempDir Path own) throws Exception {
    TestCatalog.write(own, "http://127.0.0.1:1/v1");
    String taken = String.valueOf(ledger.port());
    try (var second =
        RunningProvider.launch(own, ledger.url(), Map.of("server.sockets.0.port", taken))) {
      assertEquals(1, second.exitStatus());
      assertTrue(second.log().contains("Not started: "), second.log());
    }
  }

  @Test
  void an_unknown_model_names_those_near_to_it_and_costs_nothing() throws Exception {
    var response = provider.ask(PLAIN.replace("up/fast", "up/fats"));
    assertEquals(404, response.statusCode());
    JsonNode error = errorIn(response.body());
    assertEquals("model_not_found", error.path("code").asText());
    assertTrue(error.path("message").asText().contains("up/fast"));
    assertFalse(error.path("sent").asBoolean());
    assertEquals("[]", response.headers().firstValue("x-flotilla-attempts").orElse(""));
  }

  @Test
  @FaultRow(row = 59, fault = "a call dearer than its ceiling")
  void a_call_that_could_cost_more_than_it_may_is_not_made() throws Exception {
    upstream.does(e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE)));
    var response = provider.send(provider.call(PLAIN).header("x-flotilla-max-cost-nanos", "1000"));
    assertEquals(402, response.statusCode());
    assertEquals("budget", errorIn(response.body()).path("outcome").asText());
  }

  @Test
  void nobody_spends_without_the_service_token() throws Exception {
    var stranger = provider.call(PLAIN).setHeader("authorization", "Bearer sk-local");
    assertEquals(401, provider.send(stranger).statusCode());
  }

  @Test
  void tokens_are_counted_only_when_the_bytes_would_be_too_dear_and_only_where_that_is_possible()
      throws Exception {
    upstream.does(e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE)));
    String words = PLAIN.replace("Is it so?", "Is it so, or is it otherwise? ".repeat(200));
    String counted = words.replace("up/fast", "up/counted");
    long most = 2_500_000;
    var refused =
        provider.send(provider.call(words).header("x-flotilla-max-cost-nanos", "" + most));
    assertEquals(402, refused.statusCode(), refused.body());
    var answered =
        provider.send(provider.call(counted).header("x-flotilla-max-cost-nanos", "" + most));
    assertEquals(200, answered.statusCode(), answered.body());
    LedgerEntry row = ledger.awaitRow(report(answered).path("attempt_id").asText());
    assertTrue(row.ceilingNanos() <= most, "" + row.ceilingNanos());
    row = ledger.awaitRow(report(provider.ask(counted)).path("attempt_id").asText());
    assertTrue(row.ceilingNanos() > most, "counted although nobody had to know");
  }

  @Test
  void simulated_answers_say_so_in_header_body_and_ledger() throws Exception {
    var response = provider.ask(PLAIN.replace("up/fast", "sim/fast"));
    assertEquals("true", response.headers().firstValue("x-simulated").orElse(""));
    JsonNode body = Json.parse(response.body());
    assertTrue(body.at("/choices/0/message/content").asText().startsWith("[simulated]"));
    LedgerEntry row = ledger.awaitRow(report(response).path("attempt_id").asText());
    assertTrue(row.simulated());
    assertEquals(404, provider.ask(PLAIN.replace("up/fast", "sim/fast:explode")).statusCode());
  }

  @Test
  void a_trace_leads_from_the_callers_span_to_the_attempt_and_on_into_the_ledger()
      throws Exception {
    upstream.does(e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE)));
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    var response =
        provider.send(
            provider.call(PLAIN).header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01"));
    var arrived =
        spans.awaitSpans(
            all -> all.stream().filter(s -> s.traceId().equals(trace)).count() == 2,
            Duration.ofSeconds(10));
    var ours = arrived.stream().filter(s -> s.traceId().equals(trace)).toList();
    var server = ours.stream().filter(s -> s.kind().equals("SERVER")).findFirst().orElseThrow();
    var attempt = ours.stream().filter(s -> s.kind().equals("CLIENT")).findFirst().orElseThrow();
    assertEquals("00f067aa0ba902b7", server.parentSpanId());
    assertEquals(server.spanId(), attempt.parentSpanId());
    assertEquals("chat up/fast", attempt.name());
    assertEquals("100", attempt.attributes().get("gen_ai.usage.input_tokens"));
    assertEquals("164000", attempt.attributes().get("flotilla.cost.nanos"));
    LedgerEntry row = ledger.awaitRow(report(response).path("attempt_id").asText());
    assertEquals("00-" + trace + "-" + attempt.spanId() + "-01", row.traceparent());
  }

  @Test
  void metrics_are_on_the_management_port_only_and_begin_at_zero() throws Exception {
    String metrics = provider.ops("/metrics").body();
    assertTrue(
        metrics
            .lines()
            .anyMatch(
                l ->
                    l.startsWith("llm_provider_attempts_total{")
                        && l.contains("\"auth\"")
                        && l.endsWith(" 0.0")),
        metrics);
    assertTrue(metrics.contains("ledger_spool_limit_bytes"), metrics);
    assertTrue(metrics.contains("ledger_oldest_unshipped_seconds"), metrics);
    assertEquals(200, provider.ops("/health/live").statusCode());
    assertEquals(
        404, provider.send(provider.call(PLAIN).uri(provider.uri("/metrics"))).statusCode());
  }

  @Test
  void prompts_answers_and_keys_are_not_in_the_log() throws Exception {
    upstream.does(
        e -> WatchedUpstream.plain(e, 500, "{\"error\":{\"message\":\"secret-answer\"}}"));
    provider.ask(PLAIN.replace("Is it so?", "secret-question"));
    String log = provider.log();
    assertFalse(log.contains("secret-"), log);
    assertFalse(log.contains(RunningProvider.TOKEN), log);
  }

  @Test
  @FaultRow(
      row = 63,
      fault = "provider-service is killed when an answer is given and the ledger does not have it")
  @FaultRow(row = 65, fault = "provider-service is killed while it waits for a provider")
  void after_a_kill_the_attempt_in_flight_is_unknown_and_nothing_is_lost(@TempDir Path own)
      throws Exception {
    var never = new CountDownLatch(1);
    var attempt = new CompletableFuture<String>();
    try (var slow = new WatchedUpstream();
        var rows = FakeLedger.start()) {
      TestCatalog.write(own, slow.baseUrl());
      var settings = settings();
      // away while the process lives, so that only the spool can bring the first row back
      rows.failNext(Integer.MAX_VALUE, 503);
      String settled;
      try (var first = RunningProvider.start(own, rows.url(), settings)) {
        slow.does(e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE)));
        settled = report(first.ask(PLAIN)).path("attempt_id").asText();
        slow.does(
            e -> {
              attempt.complete(e.getRequestHeaders().getFirst("x-client-request-id"));
              never.await();
            });
        var _ =
            HttpClient.newHttpClient()
                .sendAsync(first.call(PLAIN).build(), HttpResponse.BodyHandlers.ofString());
        attempt.get(10, TimeUnit.SECONDS);
        first.kill();
      }
      rows.failNext(0, 503);
      try (var second = RunningProvider.start(own, rows.url(), settings)) {
        assertEquals(EntryState.SETTLED, rows.awaitRow(settled).state());
        LedgerEntry lost = rows.awaitRow(attempt.get());
        assertEquals(EntryState.UNKNOWN, lost.state());
        assertNull(lost.endedAt());
        assertTrue(lost.ceilingNanos() > 0);

        slow.does(e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE)));
        String last = report(second.ask(PLAIN)).path("attempt_id").asText();
        second.terminate();
        second.exitStatus();
        assertEquals(EntryState.SETTLED, rows.await(all -> true).get(last).state());
        assertTrue(segments(own.resolve("spool")).isEmpty(), "everything was shipped");
      } finally {
        never.countDown();
      }
    }
  }

  @Test
  void a_wrong_configuration_does_not_start_and_says_what_to_write(@TempDir Path own)
      throws Exception {
    TestCatalog.write(own, "http://127.0.0.1:1/v1");
    try (var wrong =
        RunningProvider.launch(
            own, ledger.url(), Map.of("flotilla.spool.durability", "sometimes"))) {
      assertEquals(2, wrong.exitStatus());
      assertTrue(
          wrong.log().contains("flotilla.spool.durability is 'sometimes'; write process or node"),
          wrong.log());
    }
  }

  private Map<String, String> settings() {
    var settings = new HashMap<String, String>();
    settings.put("flotilla.transport.attempt-header", "true");
    settings.put("flotilla.transport.idle-timeout", "PT1S");
    settings.put("flotilla.completion.keep-alive", "PT0.3S");
    settings.put("flotilla.tracing.otlp-endpoint", spans.url());
    return settings;
  }

  private boolean spoolContains(String text) throws IOException {
    for (Path segment : segments(folder.resolve("spool"))) {
      if (new String(Files.readAllBytes(segment), StandardCharsets.ISO_8859_1).contains(text)) {
        return true;
      }
    }
    return false;
  }

  private static List<Path> segments(Path spool) throws IOException {
    try (Stream<Path> files = Files.list(spool)) {
      return files.filter(f -> f.toString().endsWith(".segment")).toList();
    }
  }

  private static JsonNode report(HttpResponse<String> response) throws Exception {
    return Json.parse(response.headers().firstValue("x-flotilla-attempts").orElse("[]")).path(0);
  }

  private static JsonNode commentIn(String stream) throws Exception {
    String comment =
        stream.lines().filter(l -> l.startsWith(": flotilla ")).findFirst().orElseThrow();
    return Json.parse(comment.substring(": flotilla ".length())).path(0);
  }

  private static JsonNode errorIn(String body) throws Exception {
    return Json.parse(body).path("error");
  }
}
