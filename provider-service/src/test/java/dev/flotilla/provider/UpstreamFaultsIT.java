package dev.flotilla.provider;

import static dev.flotilla.provider.RawUpstream.eventsHead;
import static dev.flotilla.provider.RawUpstream.head;
import static dev.flotilla.provider.RawUpstream.send;
import static java.nio.charset.StandardCharsets.UTF_8;
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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a provider can do wrong on the wire, and what the caller and the ledger are told then. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class UpstreamFaultsIT {
  private static final String PLAIN =
      """
      {"model":"up/fast","messages":[{"role":"user","content":"Is it so?"}],"max_tokens":50}""";
  private static final String STREAMED =
      PLAIN.replace("\"max_tokens\"", "\"stream\":true,\"max_tokens\"");
  private static final String USAGE = "{\"prompt_tokens\":100,\"completion_tokens\":50}";
  private static final String GOOD = WatchedUpstream.completion(USAGE);
  private static final int MOST_ANSWER_BYTES = 1 << 20;
  private static final int MOST_LINE_BYTES = 1 << 16;

  private final RawUpstream upstream = new RawUpstream();
  private final FakeLedger ledger = FakeLedger.start();
  private final Set<String> seen = new HashSet<>();
  private RunningProvider provider;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    TestCatalog.write(folder, upstream.baseUrl());
    Files.writeString(
        folder.resolve("catalog/up.yaml"),
        """
            inputs: [text, file]
          - name: dear
            upstream: up-dear-1
            prices: [{from: 2026-01-01, source: test, input: 10, output: 20}]
        """,
        StandardOpenOption.APPEND);
    provider =
        RunningProvider.start(
            folder,
            ledger.url(),
            Map.of(
                "flotilla.transport.idle-timeout", "PT1S",
                "flotilla.transport.max-answer-bytes", String.valueOf(MOST_ANSWER_BYTES),
                "flotilla.transport.max-line-bytes", String.valueOf(MOST_LINE_BYTES),
                "flotilla.completion.keep-alive", "PT0.3S",
                "flotilla.completion.first-chunk", "PT2S",
                "flotilla.completion.whole-answer", "PT2S",
                "flotilla.completion.drain-chunks", "20",
                // One test's failures must not keep the next from the provider,
                "flotilla.breaker.window", "1000",
                "flotilla.breaker.minimum-calls", "1000",
                // and a second attempt would hide what became of the first.
                "flotilla.retry.most", "0"));
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
  void look() {
    seen.addAll(ledger.await(rows -> true).keySet());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @FaultRow(row = 6, fault = "no first byte within the time a provider is given")
  void a_provider_that_does_not_begin_is_given_up_before_the_deadline(boolean stream)
      throws Exception {
    var never = new CountDownLatch(1);
    upstream.does(to -> never.await());
    long begun = System.nanoTime();
    HttpResponse<String> response = provider.ask(stream ? STREAMED : PLAIN);
    never.countDown();
    assertEquals(504, response.statusCode(), response.body());
    assertTrue(System.nanoTime() - begun < Duration.ofSeconds(15).toNanos());
    // The router's word for going on with another model.
    assertEquals("timeout", error(response.body()).path("outcome").asText());
    assertTrue(error(response.body()).path("sent").asBoolean());
    assertUnknown("timeout");
  }

  @Test
  @FaultRow(row = 7, fault = "a byte at a time within a stream, never a whole chunk")
  void a_stream_that_drips_is_given_up_after_the_longest_silence() throws Exception {
    upstream.does(
        to -> {
          send(to, eventsHead() + event(WatchedUpstream.chunk("Well, ")) + "data: {\"id\":\"");
          drip(to, "x");
        });
    String body = provider.ask(STREAMED).body();
    assertTrue(body.contains("fell silent"), body);
    assertUnfinished(body);
    assertEquals(EntryState.ESTIMATED, row().state());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @FaultRow(row = 7, fault = "signs of life for ever, but no answer")
  void a_provider_that_only_shows_signs_of_life_is_given_up_at_the_deadline(boolean stream)
      throws Exception {
    upstream.does(
        to -> {
          send(to, stream ? eventsHead() : head(200, "content-length: 100000\r\n"));
          drip(to, stream ? ": alive\n\n" : " ");
        });
    String soon = Long.toString(System.currentTimeMillis() + 1_500);
    HttpResponse<String> response =
        provider.send(provider.call(stream ? STREAMED : PLAIN).header("x-flotilla-deadline", soon));
    assertEquals(504, response.statusCode(), response.body());
    assertUnknown("timeout");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @FaultRow(row = 8, fault = "a reset after the request was read")
  void a_request_that_was_sent_is_not_sent_again_after_a_reset(boolean stream) throws Exception {
    upstream.does(RawUpstream::reset);
    int before = upstream.requests();
    assertEquals(504, provider.ask(stream ? STREAMED : PLAIN).statusCode());
    assertEquals(before + 1, upstream.requests());
    assertUnknown("truncated");
  }

  @Test
  @FaultRow(row = 9, fault = "a reset half way through the body")
  void an_answer_that_is_reset_half_way_is_none_and_nobody_says_what_it_cost() throws Exception {
    upstream.does(
        to -> {
          send(to, head(200, "content-type: application/json\r\ncontent-length: 5000\r\n") + GOOD);
          RawUpstream.reset(to);
        });
    assertEquals(504, provider.ask(PLAIN).statusCode());
    assertUnknown("truncated");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "retry-after: 3 | 3000",
        "retry-after: 0 | 0",
        "retry-after: 1.5 | 1500",
        "retry-after-ms: 250 | 250",
        "retry-after-ms: 250\\r\\nretry-after: 9 | 250",
        "retry-after-ms: soon\\r\\nretry-after: 9 | 9000",
        "retry-after: 1000000000 | 60000",
        "retry-after: 99999999999999999999999999 | 60000",
        "retry-after: Fri, 01 Jan 2100 00:00:00 GMT | 60000",
        "retry-after: -5 | -1",
        "retry-after: Fri, 01 Jan 2010 00:00:00 GMT | -1",
        "retry-after: soon | -1",
        "retry-after: NaN | -1",
        "retry-after: Infinity | -1",
        "x-nothing: 1 | -1"
      })
  @FaultRow(row = 11, fault = "a date, 0, negative, 1e9, garbage, a fraction, retry-after-ms")
  void however_a_provider_says_when_to_come_back_it_is_a_minute_at_most(String headers, long millis)
      throws Exception {
    upstream.does(RawUpstream.says(429, headers.replace("\\r\\n", "\r\n") + "\r\n", "{}"));
    long begun = System.nanoTime();
    HttpResponse<String> response = provider.ask(PLAIN);
    assertEquals(429, response.statusCode(), response.body());
    JsonNode told = error(response.body()).path("retry_after_ms");
    assertEquals(millis < 0, told.isNull(), response.body());
    if (millis >= 0) {
      assertEquals(millis, told.asLong());
      assertEquals(
          Long.toString((millis + 999) / 1_000),
          response.headers().firstValue("retry-after").orElse(""));
    }
    assertTrue(System.nanoTime() - begun < Duration.ofSeconds(10).toNanos(), "somebody waited");
    assertVoid("rate_limited");
  }

  @ParameterizedTest
  @ValueSource(ints = {503, 529})
  @FaultRow(row = 14, fault = "503 and 529")
  void a_provider_without_capacity_costs_nothing_and_says_when_to_come_back(int status)
      throws Exception {
    upstream.does(RawUpstream.says(status, "retry-after: 3\r\n", "busy"));
    HttpResponse<String> response = provider.ask(PLAIN);
    assertEquals(503, response.statusCode());
    assertEquals("3", response.headers().firstValue("retry-after").orElse(""));
    assertVoid("overloaded");
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 504})
  @FaultRow(row = 15, fault = "500, 502 and 504, perhaps after the work was done")
  void a_server_error_leaves_the_cost_unknown_below_its_ceiling(int status) throws Exception {
    upstream.does(RawUpstream.json(status, "{}"));
    assertEquals(status == 504 ? 504 : 502, provider.ask(PLAIN).statusCode());
    assertTrue(assertUnknown("server_error").ceilingNanos() > 0);
  }

  @Test
  @FaultRow(row = 20, fault = "404 because a file of the caller's is not there")
  void a_file_that_is_not_there_says_nothing_of_the_model() throws Exception {
    upstream.does(RawUpstream.json(404, "{\"error\":{\"message\":\"No such file\"}}"));
    String file = "[{\"type\":\"file\",\"file\":{\"file_id\":\"file-gone\"}}]";
    HttpResponse<String> gone = provider.ask(PLAIN.replace("\"Is it so?\"", file));
    assertEquals(502, gone.statusCode(), gone.body());
    assertVoid("auth");
    upstream.does(RawUpstream.json(200, GOOD));
    assertEquals(200, provider.ask(PLAIN).statusCode());
    assertSettled("ok", 200_000);
  }

  @Test
  @FaultRow(row = 21, fault = "413 in HTML from something before the provider")
  void a_refusal_in_html_is_the_callers_mistake_and_is_not_shown() throws Exception {
    upstream.does(
        RawUpstream.says(
            413, "content-type: text/html\r\n", "<html><b>cdn-node-17: too large</b></html>"));
    HttpResponse<String> response = provider.ask(PLAIN);
    assertEquals(413, response.statusCode());
    assertEquals("rejected", error(response.body()).path("outcome").asText());
    assertFalse(response.body().contains("cdn-node"), response.body());
    assertVoid("rejected");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  @FaultRow(row = 22, fault = "301, 302, 303, 307 and 308 to another address")
  void a_redirect_is_never_followed(int status) throws Exception {
    try (var elsewhere = new RawUpstream()) {
      upstream.does(
          RawUpstream.says(status, "location: " + elsewhere.baseUrl() + "/stolen\r\n", ""));
      assertEquals(502, provider.ask(PLAIN).statusCode());
      assertEquals(0, elsewhere.requests());
    }
    assertVoid("auth");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @FaultRow(row = 23, fault = "200 with an error in the body")
  void an_error_in_a_success_is_no_answer(boolean stream) throws Exception {
    upstream.does(RawUpstream.json(200, "{\"error\":{\"message\":\"model is loading\"}}"));
    HttpResponse<String> response = provider.ask(stream ? STREAMED : PLAIN);
    assertEquals(502, response.statusCode());
    assertFalse(response.body().contains("loading"), response.body());
    assertUnknown("invalid_output");
  }

  @Test
  @FaultRow(row = 23, fault = "an answer and an error in one body, with usage")
  void an_answer_with_an_error_beside_it_is_paid_for_and_not_given() throws Exception {
    upstream.does(RawUpstream.json(200, GOOD.replaceFirst("\\{", "{\"error\":{},")));
    assertEquals(502, provider.ask(PLAIN).statusCode());
    assertSettled("invalid_output", 200_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"choices\":[],\"usage\":" + USAGE + "}",
        "{\"choices\":[{}],\"usage\":" + USAGE + "}",
        "{\"choices\":[{\"message\":null}],\"usage\":" + USAGE + "}",
        "{\"choices\":null,\"usage\":" + USAGE + "}"
      })
  @FaultRow(row = 24, fault = "200 without a choice or without a message")
  void a_success_without_a_message_is_paid_for_and_not_given(String body) throws Exception {
    upstream.does(RawUpstream.json(200, body));
    assertEquals(502, provider.ask(PLAIN).statusCode());
    assertSettled("invalid_output", 200_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"content\":null",
        "\"content\":\"\"",
        "\"content\":null,\"refusal\":\"I cannot help with that.\""
      })
  @FaultRow(row = 24, fault = "200 with nothing in its message, or with a refusal")
  void an_empty_message_or_a_refusal_is_an_answer_for_validators_to_judge(String message)
      throws Exception {
    upstream.does(RawUpstream.json(200, GOOD.replace("\"content\":\"Well, yes.\"", message)));
    int before = upstream.requests();
    HttpResponse<String> response = provider.ask(PLAIN);
    assertEquals(200, response.statusCode(), response.body());
    assertEquals(
        Json.parse("{\"role\":\"assistant\"," + message + "}"),
        Json.parse(response.body()).at("/choices/0/message"));
    assertEquals(before + 1, upstream.requests());
    assertSettled("ok", 200_000);
  }

  @ParameterizedTest
  @CsvSource({"content_filter, 25", "length, 26"})
  @FaultRow(row = 25, fault = "finish_reason content_filter")
  @FaultRow(row = 26, fault = "finish_reason length")
  void an_answer_that_was_cut_is_asked_for_once_paid_for_and_says_so(String reason, int row)
      throws Exception {
    upstream.does(RawUpstream.json(200, GOOD.replace("\"stop\"", "\"" + reason + "\"")));
    int before = upstream.requests();
    HttpResponse<String> response = provider.ask(PLAIN);
    assertEquals(200, response.statusCode());
    assertEquals(
        reason, Json.parse(response.body()).at("/choices/0/finish_reason").asText(), "row " + row);
    assertEquals(before + 1, upstream.requests());
    assertEquals(reason, assertSettled("ok", 200_000).finishReason());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"usage\":null", ",\"usage\":{}"})
  @FaultRow(row = 28, fault = "no usage, null or an empty one at the end of a stream")
  void a_stream_without_usage_is_counted_here_and_says_so(String usage) throws Exception {
    upstream.does(
        RawUpstream.events(
            event(WatchedUpstream.chunk("Well, yes."))
                + event(WatchedUpstream.lastChunk().replaceFirst("}$", usage + "}"))
                + event("[DONE]")));
    assertFinished(provider.ask(STREAMED).body());
    LedgerEntry row = row();
    assertEquals(EntryState.ESTIMATED, row.state());
    assertTrue(row.estimated());
    assertEquals(AttemptUsage.text(8, 0, 4, 0), row.usage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"prompt_tokens\":-100,\"completion_tokens\":50}",
        "{\"prompt_tokens\":1e18,\"completion_tokens\":50}",
        "{\"prompt_tokens\":1000000000000000000,\"completion_tokens\":50}",
        "{\"prompt_tokens\":\"100\",\"completion_tokens\":50}",
        "{\"prompt_tokens\":100.5,\"completion_tokens\":50}",
        "\"a lot\""
      })
  @FaultRow(row = 29, fault = "counts that cannot be true, in an answer")
  void counts_that_cannot_be_true_are_not_paid_but_estimated(String usage) throws Exception {
    upstream.does(RawUpstream.json(200, WatchedUpstream.completion(usage)));
    double before = oddities("usage_refused");
    assertEquals(200, provider.ask(PLAIN).statusCode());
    LedgerEntry row = row();
    assertEquals(EntryState.ESTIMATED, row.state());
    assertEquals(16_000, row.costNanos());
    assertEquals(before + 1, oddities("usage_refused"), "nobody would hear of it");
  }

  @Test
  @FaultRow(row = 29, fault = "counts that cannot be true, at the end of a stream")
  void counts_in_a_stream_that_cannot_be_true_are_not_paid_but_estimated() throws Exception {
    upstream.does(
        RawUpstream.events(
            event(WatchedUpstream.chunk("Well, yes."))
                + event(WatchedUpstream.lastChunk())
                + event(WatchedUpstream.usageChunk(100, -50))
                + event("[DONE]")));
    double before = oddities("usage_refused");
    assertFinished(provider.ask(STREAMED).body());
    assertEquals(EntryState.ESTIMATED, row().state());
    assertEquals(before + 1, oddities("usage_refused"), "nobody would hear of it");
  }

  @ParameterizedTest
  @CsvSource({
    "up-fast-1, 200000, ''",
    "up-fast-1-2026-01-01, 200000, ''",
    "up/fast, 200000, ''",
    "up-dear-1, 2000000, served_other",
    "up-dear-1-20260101, 2000000, served_other",
    "who-knows, 200000, served_unknown"
  })
  @FaultRow(row = 31, fault = "the answer names another model, a dated one, or one nobody knows")
  void what_was_served_is_what_is_paid_for(String served, long nanos, String oddity)
      throws Exception {
    for (boolean stream : List.of(false, true)) {
      upstream.does(
          stream
              ? RawUpstream.events(
                  (event(WatchedUpstream.chunk("Well, yes."))
                          + event(withUsage(WatchedUpstream.lastChunk(), 100, 50))
                          + event("[DONE]"))
                      .replace("\"model\":\"up-fast-1\"", "\"model\":\"" + served + "\""))
              : RawUpstream.json(
                  200, GOOD.replace("\"model\":\"up-fast-1\"", "\"model\":\"" + served + "\"")));
      double other = oddities("served_other");
      double unknown = oddities("served_unknown");
      HttpResponse<String> response = provider.ask(stream ? STREAMED : PLAIN);
      assertTrue(response.body().contains("\"model\":\"up/fast\""), "callers see what they asked");
      LedgerEntry row = assertSettled("ok", nanos);
      assertEquals("up/fast", row.model());
      assertEquals(served, row.servedModel());
      assertEquals(oddity.equals("served_other") ? 1 : 0, oddities("served_other") - other);
      assertEquals(oddity.equals("served_unknown") ? 1 : 0, oddities("served_unknown") - unknown);
    }
  }

  @Test
  @FaultRow(row = 30, fault = "usage in every chunk, growing, and the last one twice")
  void of_several_usages_the_last_counts_and_not_their_sum() throws Exception {
    upstream.does(
        RawUpstream.events(
            event(withUsage(WatchedUpstream.chunk("Well, "), 100, 10))
                + event(withUsage(WatchedUpstream.chunk("yes."), 100, 30))
                + event(withUsage(WatchedUpstream.lastChunk(), 100, 50))
                + event(WatchedUpstream.usageChunk(100, 50))
                + event("[DONE]")));
    assertFinished(provider.ask(STREAMED).body());
    assertSettled("ok", 200_000);
  }

  @Test
  @FaultRow(row = 32, fault = "the stream ends after its finish_reason without [DONE]")
  void a_stream_with_a_finish_but_without_done_is_whole() throws Exception {
    upstream.does(
        RawUpstream.events(
            event(WatchedUpstream.chunk("Well, yes."))
                + event(withUsage(WatchedUpstream.lastChunk(), 100, 50))));
    double before = oddities("no_done");
    assertFinished(provider.ask(STREAMED).body());
    assertSettled("ok", 200_000);
    assertEquals(before + 1, oddities("no_done"), "it was not flagged");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "event: error;data: {\"message\":\"secret words\"} | truncated",
        "data: secret words | truncated",
        "data: [\"secret words\"] | truncated",
        "data: {\"error\":{\"message\":\"secret words\",\"type\":\"overloaded_error\"}} | overloaded",
        "data: {\"error\":{\"message\":\"secret words\",\"code\":503}} | overloaded",
        "data: {\"error\":{\"message\":\"secret words\",\"type\":\"rate_limit_error\"}} | rate_limited",
        "data: {\"error\":{\"message\":\"secret words\",\"code\":\"insufficient_quota\"}} | auth",
        "data: {\"error\":{\"message\":\"secret words\",\"type\":\"server_error\"}} | server_error",
        "event: error;data: {\"type\":\"server_error\",\"message\":\"secret words\"} | server_error",
        "data: {\"error\":{\"message\":\"secret words\",\"code\":\"content_filter\"}} | content_filter"
      })
  @FaultRow(row = 34, fault = "an error, or something that is no chunk, within a stream")
  void an_error_within_a_stream_breaks_it_with_its_class_even_if_done_follows(
      String error, String outcome) throws Exception {
    upstream.does(
        RawUpstream.events(
            event(WatchedUpstream.chunk("Well, yes."))
                + error.replace(";data", "\ndata")
                + "\n\n"
                + event("[DONE]")));
    String body = provider.ask(STREAMED).body();
    assertUnfinished(body);
    assertFalse(body.contains("secret words"), body);
    assertTrue(body.contains("\"outcome\":\"" + outcome + "\""), body);
    LedgerEntry row = row();
    assertEquals(outcome, row.outcome());
    assertEquals(EntryState.ESTIMATED, row.state());
    assertEquals(AttemptUsage.text(8, 0, 4, 0), row.usage());
  }

  @ParameterizedTest
  @CsvSource({
    "overloaded_error, 503, overloaded, void",
    "rate_limit_error, 429, rate_limited, void",
    "server_error, 502, server_error, unknown"
  })
  @FaultRow(row = 34, fault = "an error as the first event of a stream")
  void an_error_before_a_stream_has_said_anything_is_a_plain_one(
      String type, int status, String outcome, String state) throws Exception {
    upstream.does(
        RawUpstream.events(event("{\"error\":{\"message\":\"no\",\"type\":\"" + type + "\"}}")));
    HttpResponse<String> response = provider.ask(STREAMED);
    assertEquals(status, response.statusCode(), response.body());
    LedgerEntry row = row();
    assertEquals(outcome, row.outcome());
    assertEquals(state, row.state());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r", "\r\n"})
  @FaultRow(row = 35, fault = "every byte of a stream on its own, in all three kinds of lines")
  void a_stream_that_comes_byte_by_byte_says_the_same(String end) throws Exception {
    String words = "gruß 🚀 漢字 \\u00e9\\n";
    String whole =
        ("\uFEFFdata:"
                + WatchedUpstream.chunk(words).replaceFirst(",", ",\ndata: ")
                + "\n\n: hello ü\n\n"
                + "id: 7\nretry: 1\nunheard: of\n"
                + event(WatchedUpstream.lastChunk())
                + event(WatchedUpstream.usageChunk(100, 50))
                + event("[DONE]"))
            .replace("\n", end);
    upstream.does(
        to -> {
          send(to, eventsHead());
          for (byte one : whole.getBytes(UTF_8)) {
            to.getOutputStream().write(one);
          }
          to.close();
        });
    String body = provider.ask(STREAMED).body();
    assertFinished(body);
    String first = body.lines().findFirst().orElseThrow().substring("data: ".length());
    assertEquals("gruß 🚀 漢字 é\n", Json.parse(first).at("/choices/0/delta/content").asText());
    assertSettled("ok", 200_000);
  }

  @Test
  @FaultRow(row = 36, fault = "a line of a stream that never ends")
  void a_line_without_an_end_breaks_the_stream_and_its_connection() throws Exception {
    var written = new AtomicLong();
    var hungUp = new CompletableFuture<Boolean>();
    upstream.does(
        to -> {
          send(to, eventsHead() + event(WatchedUpstream.chunk("Well, yes.")) + "data: ");
          flood(to, "x".repeat(10_000), written, hungUp);
        });
    assertUnfinished(provider.ask(STREAMED).body());
    assertTrue(hungUp.get(10, TimeUnit.SECONDS));
    assertTrue(written.get() < 100_000_000, written + " bytes were taken");
    assertEquals(EntryState.ESTIMATED, row().state());
  }

  @Test
  @FaultRow(row = 37, fault = "an answer longer than any can be")
  void an_answer_without_an_end_is_cut_off_and_its_connection_closed() throws Exception {
    var written = new AtomicLong();
    var hungUp = new CompletableFuture<Boolean>();
    upstream.does(
        to -> {
          send(to, head(200, "content-type: application/json\r\nconnection: close\r\n"));
          flood(to, " ".repeat(10_000), written, hungUp);
        });
    assertEquals(504, provider.ask(PLAIN).statusCode());
    assertTrue(hungUp.get(10, TimeUnit.SECONDS));
    assertTrue(written.get() < 100_000_000, written + " bytes were taken");
    assertUnknown("truncated");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @FaultRow(
      row = 37,
      fault = "a compressed answer nobody asked for, a thousand times larger inside")
  void a_compressed_answer_is_not_unpacked(boolean stream) throws Exception {
    byte[] bomb = bomb();
    upstream.does(
        to -> {
          String type = stream ? "text/event-stream" : "application/json";
          String headers =
              "content-type: %s\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n"
                  .formatted(type, bomb.length);
          send(to, head(200, headers));
          to.getOutputStream().write(bomb);
        });
    HttpResponse<String> response = provider.ask(stream ? STREAMED : PLAIN);
    assertTrue(response.statusCode() == 502 || response.statusCode() == 504, response.body());
    assertFalse(upstream.lastHead().contains("accept-encoding"), upstream.lastHead());
    assertEquals(EntryState.UNKNOWN, row().state());
    assertFalse(provider.log().contains("OutOfMemory"));
  }

  @ParameterizedTest
  @CsvSource({"7, truncated", "-7, invalid_output"})
  @FaultRow(row = 38, fault = "a content-length longer or shorter than the body")
  void a_wrong_length_makes_no_answer(int more, String outcome) throws Exception {
    int length = GOOD.getBytes(UTF_8).length + more;
    upstream.does(
        to -> {
          send(to, head(200, "content-length: " + length + "\r\n") + GOOD);
          to.close();
        });
    assertEquals(more > 0 ? 504 : 502, provider.ask(PLAIN).statusCode());
    assertUnknown(outcome);
  }

  @Test
  @FaultRow(row = 38, fault = "a second answer hidden behind the first")
  void what_follows_an_answer_is_never_taken_for_the_next_ones() throws Exception {
    String poison = GOOD.replace("Well, yes.", "poison");
    String hidden = head(200, "content-length: " + poison.length() + "\r\n") + poison;
    for (int i = 0; i < 10; i++) {
      upstream.does(
          to -> send(to, head(200, "content-length: " + GOOD.length() + "\r\n") + GOOD + hidden));
      assertEquals(200, provider.ask(PLAIN).statusCode());
      upstream.does(RawUpstream.json(200, GOOD));
      String next = provider.ask(PLAIN).body();
      assertFalse(next.contains("poison"), next);
      seen.addAll(ledger.await(rows -> rows.size() >= seen.size() + 2).keySet());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n",
        "HTTP/1.1 200 X\r\nx-long: ",
        "HTTP/1.1 200 X\r\nx-many: 1\r\n"
      })
  @FaultRow(row = 38, fault = "headers or informational answers without an end")
  void a_head_without_an_end_is_cut_off(String piece) throws Exception {
    var written = new AtomicLong();
    boolean whole = piece.endsWith("\r\n\r\n");
    upstream.does(
        to -> {
          send(to, piece);
          String again = whole ? piece : piece.endsWith("\n") ? "x-more: 1\r\n" : "x";
          flood(to, again.repeat(1_000), written, new CompletableFuture<>());
        });
    assertEquals(504, provider.ask(PLAIN).statusCode());
    // The JDK's client leaves the connection open, but takes nothing from it any more.
    awaitStandstill(written);
    assertTrue(written.get() < 50_000_000, written + " bytes were taken");
    assertUnknown("truncated");
  }

  @Test
  @FaultRow(row = 42, fault = "the caller is gone before the answer comes")
  void an_answer_whose_caller_has_left_is_settled_all_the_same() throws Exception {
    var asked = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    upstream.does(
        to -> {
          asked.countDown();
          goOn.await();
          RawUpstream.json(200, GOOD).answer(to);
        });
    try (var _ = caller(PLAIN)) {
      assertTrue(asked.await(10, TimeUnit.SECONDS));
    }
    goOn.countDown();
    assertSettled("ok", 200_000);
  }

  @Test
  @FaultRow(row = 43, fault = "the caller leaves a stream that does not end")
  void a_stream_nobody_reads_is_drained_no_further_than_its_bound_and_then_estimated()
      throws Exception {
    var written = new AtomicLong();
    var hungUp = new CompletableFuture<Boolean>();
    var left = new CountDownLatch(1);
    upstream.does(
        to -> {
          send(to, eventsHead() + event(WatchedUpstream.chunk("Well, ")));
          left.await();
          flood(to, event(WatchedUpstream.chunk("and so on ")), written, hungUp);
        });
    try (var caller = caller(STREAMED)) {
      assertTrue(caller.getInputStream().read() >= 0);
      caller.setSoLinger(true, 0);
    }
    left.countDown();
    assertTrue(hungUp.get(10, TimeUnit.SECONDS), "the provider was not stopped");
    LedgerEntry row = row();
    assertEquals("abandoned", row.outcome());
    assertEquals(EntryState.ESTIMATED, row.state());
    assertTrue(row.costNanos() > 0 && row.costNanos() <= row.ceilingNanos(), row.toString());
  }

  @Test
  @FaultRow(row = 44, fault = "the caller of a stream stops reading")
  void a_caller_who_does_not_read_slows_its_provider_down_and_nobody_else() throws Exception {
    var written = new AtomicLong();
    var hungUp = new CompletableFuture<Boolean>();
    String long50k = event(WatchedUpstream.chunk("and so on ".repeat(5_000)));
    upstream.does(
        to -> {
          send(to, eventsHead());
          flood(to, long50k, written, hungUp);
        });
    try (var caller = caller(STREAMED)) {
      assertTrue(caller.getInputStream().read() >= 0);
      awaitStandstill(written);
      // Buffers of sockets, of the client and 32 chunks read ahead: far below all of our memory.
      assertTrue(written.get() < 64_000_000, written + " bytes were taken");
      upstream.does(RawUpstream.json(200, GOOD));
      assertEquals(200, provider.ask(PLAIN).statusCode());
      assertSettled("ok", 200_000);
      caller.setSoLinger(true, 0);
    }
    assertTrue(hungUp.get(20, TimeUnit.SECONDS), "the provider was not stopped");
    assertEquals("abandoned", row().outcome());
  }

  private static void awaitStandstill(AtomicLong written) throws InterruptedException {
    long before = -1;
    // There is no event for "nothing more happens".
    while (before != written.get() || before == 0) {
      before = written.get();
      Thread.sleep(500);
    }
  }

  /** Writes until the other side hangs up. */
  private static void flood(
      Socket to, String piece, AtomicLong written, CompletableFuture<Boolean> hungUp) {
    byte[] bytes = piece.getBytes(UTF_8);
    try {
      while (written.get() < 1L << 30) {
        to.getOutputStream().write(bytes);
        written.addAndGet(bytes.length);
      }
      hungUp.complete(false);
    } catch (IOException e) {
      hungUp.complete(true);
    }
  }

  private static void drip(Socket to, String piece) throws IOException, InterruptedException {
    while (true) {
      send(to, piece);
      Thread.sleep(50);
    }
  }

  private static String event(String data) {
    return "data: " + data + "\n\n";
  }

  private static String withUsage(String chunk, int prompt, int completion) {
    return chunk.replaceFirst(
        "}$",
        ",\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d}}"
            .formatted(prompt, completion));
  }

  private static byte[] bomb() throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(out)) {
      byte[] blanks = " ".repeat(1 << 20).getBytes(UTF_8);
      for (int i = 0; i < 400; i++) {
        zip.write(blanks);
      }
    }
    assertTrue(out.size() < MOST_ANSWER_BYTES, "it has to be small to be a bomb");
    return out.toByteArray();
  }

  /** A caller that does with its connection what no client would. */
  private Socket caller(String body) throws IOException {
    var socket = new Socket("127.0.0.1", provider.uri("/").getPort());
    String head =
        """
        POST /v1/chat/completions HTTP/1.1
        host: x
        authorization: Bearer %s
        x-flotilla-team: growth
        x-flotilla-key: k_1
        content-type: application/json
        content-length: %d

        """
            .formatted(RunningProvider.TOKEN, body.length())
            .replace("\n", "\r\n");
    send(socket, head + body);
    return socket;
  }

  private double oddities(String kind) throws Exception {
    return provider
        .ops("/metrics")
        .body()
        .lines()
        .filter(l -> l.startsWith("llm_provider_oddities_total{"))
        .filter(l -> l.contains("\"up/fast\"") && l.contains("\"" + kind + "\""))
        .mapToDouble(l -> Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** The one row that is new since the last time somebody looked. */
  private LedgerEntry row() {
    Map<String, LedgerEntry> rows = ledger.await(all -> all.size() > seen.size());
    Set<String> fresh =
        rows.keySet().stream().filter(id -> !seen.contains(id)).collect(Collectors.toSet());
    assertEquals(1, fresh.size(), rows.toString());
    seen.addAll(fresh);
    return rows.get(fresh.iterator().next());
  }

  private LedgerEntry assertUnknown(String outcome) {
    LedgerEntry row = row();
    assertEquals(EntryState.UNKNOWN, row.state());
    assertEquals(outcome, row.outcome());
    assertNull(row.costNanos());
    return row;
  }

  private void assertVoid(String outcome) {
    LedgerEntry row = row();
    assertEquals(EntryState.VOID, row.state());
    assertEquals(outcome, row.outcome());
    assertEquals(0, row.costNanos());
  }

  private LedgerEntry assertSettled(String outcome, long nanos) {
    LedgerEntry row = row();
    assertEquals(EntryState.SETTLED, row.state());
    assertEquals(outcome, row.outcome());
    assertEquals(nanos, row.costNanos());
    return row;
  }

  private static void assertFinished(String body) {
    assertTrue(body.strip().endsWith("data: [DONE]"), body);
    assertFalse(body.contains("event: error"), body);
  }

  private static void assertUnfinished(String body) {
    assertTrue(body.contains("event: error"), body);
    assertFalse(body.contains("[DONE]"), body);
  }

  private static JsonNode error(String body) throws Exception {
    return Json.parse(body).path("error");
  }
}
