package dev.flotilla.provider.dialect.gemini;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.Access;
import dev.flotilla.provider.dialect.AnswerStream;
import dev.flotilla.provider.dialect.AnswerStream.Part;
import dev.flotilla.provider.dialect.CallOutcome;
import dev.flotilla.provider.dialect.Completion;
import dev.flotilla.provider.dialect.Dialect;
import dev.flotilla.provider.dialect.DialectContract;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.Question;
import dev.flotilla.provider.dialect.StreamTally;
import dev.flotilla.provider.dialect.gemini.FakeGemini.Reply;
import dev.flotilla.provider.transport.Transport;
import dev.flotilla.provider.transport.TransportConfig;
import dev.flotilla.testkit.FaultRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiDialectTest extends DialectContract {
  private static final TransportConfig CONFIG =
      new TransportConfig(Duration.ofSeconds(1), Duration.ofSeconds(5), 1 << 20, 1 << 16, true);
  private static final String KEY = "SECRET-KEY";
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  @TempDir Path folder;
  private final FakeGemini gemini = new FakeGemini();
  private final Transport transport = new Transport(CONFIG);
  private Model model;
  private Dialect dialect;

  @BeforeEach
  void readCatalogue() {
    Catalog catalog = GeminiCatalog.of(folder, gemini.baseUrl());
    model = catalog.find("up/fast").orElseThrow();
    Access access = Access.of(model.provider(), name -> name.equals("UP_KEY") ? KEY : null);
    dialect = new GeminiDialect(transport, CONFIG, Map.of("up", access), InstantSource.fixed(NOW));
  }

  @AfterEach
  void close() {
    transport.close();
    gemini.close();
  }

  @Override
  protected Dialect dialect() {
    return dialect;
  }

  @Override
  protected @Nullable JsonNode lastSent() {
    return gemini.asked().body();
  }

  @Override
  protected Model modelIn(Trouble trouble) {
    switch (trouble) {
      case NONE -> gemini.replies(this::limited);
      case RATE_LIMITED ->
          gemini.replies(
              exchange -> {
                exchange.getResponseHeaders().set("retry-after", "1");
                Reply.json(429, "{}").to(exchange);
              });
      case SERVER_ERROR -> gemini.replies(Reply.json(500, "{}"));
      case HANGS -> gemini.hangs();
      case BAD_JSON -> gemini.replies(Reply.json(200, "{\"candidates\": [{"));
      case CUT -> gemini.cuts("gemini-answer");
    }
    return model;
  }

  /** Keeps to a limit, as Gemini does. */
  private void limited(HttpExchange exchange) throws IOException {
    long limit = gemini.asked().body().at("/generationConfig/maxOutputTokens").asLong(0);
    if (limit == 0) {
      gemini.replies("gemini-answer");
      Reply.of(
              200,
              gemini.asked().stream() ? "text/event-stream" : "application/json",
              Recorded.bytes(gemini.asked().stream() ? "gemini-answer.sse" : "gemini-answer.json"))
          .to(exchange);
    } else {
      Reply.json(200, candidate("Once upon a", "MAX_TOKENS", limit)).to(exchange);
    }
  }

  @Test
  void the_model_is_in_the_path_and_the_key_in_its_header() {
    ask(Trouble.NONE, false, PATIENCE);
    assertEquals("/v1beta/models/gemini-3.6-flash:generateContent", gemini.asked().uri());
    assertEquals(KEY, gemini.asked().key());
    assertEquals("attempt-NONE", gemini.asked().attempt());
    ask(Trouble.NONE, true, PATIENCE);
    assertEquals(
        "/v1beta/models/gemini-3.6-flash:streamGenerateContent?alt=sse", gemini.asked().uri());
  }

  @Test
  void an_answer_has_openais_shape_and_counts_as_openai_counts() throws Exception {
    gemini.replies("gemini-thoughts");
    Completion c = answer();
    assertEquals(
        Json.parse(
                """
            {"id":"r-plain-1","created":1795255200,"model":"gemini-3.6-flash","object":"chat.completion",
             "choices":[{"index":0,"message":{"role":"assistant","content":"Zuerst kam die „Möwe“ 🚢, dann die Brigg.",
               "refusal":null,"reasoning_content":"Weighing which ships the log names.",
               "extra_content":{"google":{"thought_signature":"EpMBCpABAdHtim+xT/0="}}},"logprobs":null,"finish_reason":"stop"}],
             "usage":{"prompt_tokens":48,"completion_tokens":42,"total_tokens":90,
               "prompt_tokens_details":{"cached_tokens":16,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":25}}}
            """)
            .toString(),
        Json.parse(Json.text(c.body())).toString());
    assertEquals(AttemptUsage.text(32, 16, 17, 25), c.usage());
  }

  @Test
  void calls_have_ids_even_where_gemini_gave_none_and_always_the_same() throws Exception {
    gemini.replies("gemini-tools");
    JsonNode choice = answer().body().at("/choices/0");
    assertEquals("tool_calls", choice.path("finish_reason").asText());
    JsonNode calls = choice.at("/message/tool_calls");
    assertEquals("fc-8a1", calls.at("/0/id").asText());
    assertEquals("{\"port\":\"Kiel\",\"metres\":1.5}", calls.at("/0/function/arguments").asText());
    assertEquals(
        "CvABAdHtim8f/w==", calls.at("/0/extra_content/google/thought_signature").asText());
    assertTrue(calls.at("/1/id").asText().startsWith("call_"), calls.toString());
    assertTrue(calls.at("/1/id").asText().length() <= 40);
    assertFalse(calls.at("/1/id").equals(calls.at("/2/id")));
    assertEquals("{}", calls.at("/2/function/arguments").asText());
    assertEquals(calls, answer().body().at("/choices/0/message/tool_calls"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gemini-answer", "gemini-thoughts", "gemini-tools"})
  void a_stream_put_together_is_the_whole_answer(String recorded) throws Exception {
    gemini.replies(recorded);
    ObjectNode whole = answer().body();
    List<ObjectNode> chunks = chunks();
    JsonNode first = chunks.getFirst().at("/choices/0/delta");
    assertEquals("{\"role\":\"assistant\",\"content\":\"\"}", first.toString());
    assertTrue(chunks.getLast().path("choices").isEmpty());
    assertEquals(whole.path("usage"), chunks.getLast().path("usage"));
    var message = Json.object().put("role", "assistant").put("content", "").putNull("refusal");
    String finish = null;
    for (ObjectNode chunk : chunks) {
      assertEquals("chat.completion.chunk", chunk.path("object").asText());
      assertEquals(whole.path("id"), chunk.path("id"));
      for (JsonNode choice : chunk.path("choices")) {
        add(message, choice.path("delta"));
        finish =
            choice.path("finish_reason").isTextual()
                ? choice.path("finish_reason").asText()
                : finish;
      }
    }
    assertEquals(sorted(whole.at("/choices/0/message")), sorted(message));
    assertEquals(whole.at("/choices/0/finish_reason").asText(), finish);
  }

  @Test
  void a_stream_is_the_same_wherever_the_network_cuts_it() throws Exception {
    byte[] events = Recorded.bytes("gemini-thoughts.sse");
    gemini.replies(Reply.events(events));
    List<ObjectNode> expected = chunks();
    gemini.replies(
        exchange -> {
          int split =
              Integer.parseInt(exchange.getRequestHeaders().getFirst("x-client-request-id"));
          Reply.events(events, split, events.length, false).to(exchange);
        });
    // Side by side, because the second half of each waits until the first has been acknowledged.
    var cuts = new ArrayList<Callable<List<ObjectNode>>>();
    for (int split = 1; split < events.length; split++) {
      String attempt = String.valueOf(split);
      cuts.add(() -> chunks(attempt));
    }
    try (var threads = Executors.newFixedThreadPool(16)) {
      int split = 1;
      for (var cut : threads.invokeAll(cuts)) {
        assertEquals(expected, cut.get(), "cut at byte " + split++);
      }
    }
  }

  @Test
  void a_stream_that_ends_early_is_broken_and_has_said_what_it_cost_until_then() throws Exception {
    byte[] events = Recorded.bytes("gemini-thoughts.sse");
    String text = new String(events, StandardCharsets.UTF_8);
    int end = text.substring(0, text.lastIndexOf("data:")).getBytes(StandardCharsets.UTF_8).length;
    gemini.replies(Reply.events(events, 0, end, false));
    var opened = assertInstanceOf(CallOutcome.Opened.class, dialect.ask(asked(true)));
    var tally = new StreamTally(model);
    assertInstanceOf(Part.Broken.class, read(opened, tally, new ArrayList<>()));
    assertNull(tally.finishReason());
    assertNull(tally.usage());
    assertEquals(AttemptUsage.text(32, 16, 17, 25), tally.counted());
  }

  @Test
  void an_error_in_the_middle_of_a_stream_breaks_it() throws Exception {
    String first = Recorded.text("gemini-answer.sse").split("\r\n\r\n")[0] + "\r\n\r\n";
    String error =
        "data: {\"error\":{\"code\":503,\"message\":\"SECRET-PROMPT\",\"status\":\"UNAVAILABLE\"}}\n\n";
    gemini.replies(Reply.events((first + error).getBytes(StandardCharsets.UTF_8)));
    var opened = assertInstanceOf(CallOutcome.Opened.class, dialect.ask(asked(true)));
    var broken =
        assertInstanceOf(
            Part.Broken.class, read(opened, new StreamTally(model), new ArrayList<>()));
    assertFalse(broken.reason().contains("SECRET"), broken.reason());
  }

  @Test
  void an_error_that_is_the_first_event_is_a_plain_failure() {
    String error = "data: {\"error\":{\"code\":503,\"status\":\"UNAVAILABLE\"}}\n\n";
    gemini.replies(Reply.events(error.getBytes(StandardCharsets.UTF_8)));
    assertEquals(new Failure.Overloaded(503, null), dialect.ask(asked(true)));
  }

  @Test
  void a_blocked_prompt_is_a_filtered_answer_that_costs_its_prompt() throws Exception {
    String blocked = Recorded.text("gemini-blocked-prompt.json");
    gemini.replies(Reply.json(200, blocked));
    Completion c = answer();
    assertEquals("content_filter", c.finishReason());
    assertEquals("", c.text());
    assertEquals(AttemptUsage.text(12, 0, 0, 0), c.usage());
    String event = "data: " + blocked.replace("\n", "") + "\n\n";
    gemini.replies(Reply.events(event.getBytes(StandardCharsets.UTF_8)));
    var tally = new StreamTally(model);
    var opened = assertInstanceOf(CallOutcome.Opened.class, dialect.ask(asked(true)));
    assertInstanceOf(Part.End.class, read(opened, tally, new ArrayList<>()));
    assertEquals("content_filter", tally.finishReason());
    assertEquals(AttemptUsage.text(12, 0, 0, 0), tally.usage());
  }

  @ParameterizedTest
  @CsvSource({
    "STOP, stop",
    "MAX_TOKENS, length",
    "SAFETY, content_filter",
    "RECITATION, content_filter",
    "LANGUAGE, content_filter",
    "BLOCKLIST, content_filter",
    "PROHIBITED_CONTENT, content_filter",
    "SPII, content_filter",
    "IMAGE_SAFETY, content_filter",
    "IMAGE_PROHIBITED_CONTENT, content_filter",
    "IMAGE_RECITATION, content_filter"
  })
  void every_reason_to_stop_has_a_word_of_openais(String reason, String word) throws Exception {
    gemini.replies(Reply.json(200, candidate("So far", reason, 2)));
    assertEquals(word, answer().finishReason());
    gemini.replies(Reply.events(event(candidate("So far", reason, 2))));
    var tally = new StreamTally(model);
    var opened = assertInstanceOf(CallOutcome.Opened.class, dialect.ask(asked(true)));
    assertInstanceOf(Part.End.class, read(opened, tally, new ArrayList<>()));
    assertEquals(word, tally.finishReason());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MALFORMED_FUNCTION_CALL",
        "UNEXPECTED_TOOL_CALL",
        "TOO_MANY_TOOL_CALLS",
        "MALFORMED_RESPONSE",
        "MISSING_THOUGHT_SIGNATURE",
        "NO_IMAGE",
        "IMAGE_OTHER",
        "OTHER",
        "FINISH_REASON_UNSPECIFIED",
        "INVENTED_NEXT_YEAR"
      })
  void what_a_model_gave_up_is_no_answer_and_is_paid(String reason) throws Exception {
    gemini.replies(Reply.json(200, candidate("So far", reason, 2)));
    var bad = assertInstanceOf(Failure.BadAnswer.class, dialect.ask(asked(false)));
    assertEquals(AttemptUsage.text(10, 0, 2, 0), bad.usage());
    gemini.replies(Reply.events(event(candidate("So far", reason, 2))));
    var tally = new StreamTally(model);
    var opened = assertInstanceOf(CallOutcome.Opened.class, dialect.ask(asked(true)));
    assertInstanceOf(Part.Broken.class, read(opened, tally, new ArrayList<>()));
    assertEquals(AttemptUsage.text(10, 0, 2, 0), tally.usage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"candidates\": []}",
        "{}",
        "{\"error\": {\"code\": 500}}",
        "{\"candidates\":[{\"content\":{\"parts\":[{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"AA==\"}}]},\"finishReason\":\"STOP\"}]}",
        "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"no reason\"}]}}]}"
      })
  void a_success_without_an_answer_is_none(String body) {
    gemini.replies(Reply.json(200, body));
    assertInstanceOf(Failure.BadAnswer.class, dialect.ask(asked(false)));
  }

  @Test
  void sound_is_counted_with_the_prompt_and_named_beside_it() throws Exception {
    gemini.replies(Reply.json(200, Recorded.text("gemini-sound.json")));
    Completion c = answer();
    assertEquals(320, c.body().at("/usage/prompt_tokens_details/audio_tokens").asInt());
    assertEquals(new AttemptUsage(12L, 0L, 0L, 0L, 3L, 0L, 320L, null, null), c.usage());
  }

  @ParameterizedTest
  @CsvSource({"'\"totalTokenCount\":15', 5", "'\"totalTokenCount\":11', -1", "'\"x\":0', 2"})
  void tokens_that_only_the_total_has_are_output_and_a_total_too_small_is_not_believed(
      String total, long output) throws Exception {
    String body = candidate("So far", "STOP", 2).replace("\"totalTokenCount\":12", total);
    gemini.replies(Reply.json(200, body));
    AttemptUsage usage = answer().usage();
    if (output < 0) {
      assertNull(usage);
    } else {
      assertEquals(AttemptUsage.text(10, 0, output, 0), usage);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400, too-long, context_length_exceeded",
    "400, bad-field, invalid_request_error",
  })
  void the_callers_mistakes_are_told_without_geminis_words(int status, String name, String code) {
    Failure failure = refusal(status, name);
    var rejected = assertInstanceOf(Failure.Rejected.class, failure);
    assertEquals(code, rejected.code());
    assertFalse(rejected.message().contains("SECRET"), rejected.message());
    if (name.equals("bad-field")) {
      assertTrue(rejected.message().contains("generation_config.stop_sequences[0]"));
    }
  }

  @ParameterizedTest
  @CsvSource({"400, bad-key", "400, region", "429, spent-day", "429, spent-budget"})
  void keys_regions_and_spent_quotas_are_ours_to_mend(int status, String name) {
    assertEquals(new Failure.Barred(status), refusal(status, name));
  }

  @Test
  void a_minutes_quota_is_worth_waiting_for() {
    assertEquals(
        new Failure.Throttled(429, Duration.ofMillis(17_500)), refusal(429, "busy-minute"));
  }

  @Test
  void an_error_in_a_list_is_read_all_the_same() {
    gemini.replies(Reply.json(400, "[" + Recorded.text("gemini-error-too-long.json") + "]"));
    var rejected = assertInstanceOf(Failure.Rejected.class, dialect.ask(asked(true)));
    assertEquals("context_length_exceeded", rejected.code());
  }

  @Test
  void statuses_mean_what_the_fault_table_says() {
    assertInstanceOf(Failure.Barred.class, status(401));
    assertInstanceOf(Failure.Barred.class, status(403));
    assertInstanceOf(Failure.Barred.class, status(404));
    assertInstanceOf(Failure.Barred.class, status(302));
    assertInstanceOf(Failure.Rejected.class, status(422));
    assertInstanceOf(Failure.Overloaded.class, status(503));
    assertInstanceOf(Failure.ServerError.class, status(499));
    assertInstanceOf(Failure.ServerError.class, status(502));
    assertInstanceOf(Failure.ServerError.class, status(504));
  }

  @Test
  void html_of_a_gateway_is_neither_read_nor_shown() {
    gemini.replies(
        Reply.of(413, "text/html", "<html>SECRET</html>".getBytes(StandardCharsets.UTF_8)));
    var rejected = assertInstanceOf(Failure.Rejected.class, dialect.ask(asked(false)));
    assertEquals("request_too_large", rejected.code());
    assertFalse(rejected.message().contains("SECRET"));
  }

  @Test
  @FaultRow(row = 17, fault = "500 to a text near the window, and to a short one")
  void a_500_is_an_outage_unless_the_text_is_near_the_window() {
    assertEquals(new Failure.ServerError(500), status(500));
    var longOne = question("word ".repeat(70_000), false);
    var outcome = dialect.ask(new Question("a-1", model, longOne, in(PATIENCE)));
    assertEquals(
        "context_length_exceeded", assertInstanceOf(Failure.Rejected.class, outcome).code());
    ObjectNode picture = Json.object();
    picture
        .putArray("messages")
        .addObject()
        .put("role", "user")
        .putArray("content")
        .addObject()
        .put("type", "image_url")
        .putObject("image_url")
        .put("url", "data:image/png;base64," + "A".repeat(400_000));
    assertEquals(
        new Failure.ServerError(500),
        dialect.ask(new Question("a-1", model, picture, in(PATIENCE))),
        "the bytes of a picture say nothing of its tokens");
  }

  @Test
  void what_has_no_words_is_rejected_and_not_sent() {
    gemini.replies("gemini-answer");
    ObjectNode body = question("hello", false);
    body.put("n", 2);
    assertEquals("n", dialect.objection(model, body).param());
    var outcome = dialect.ask(new Question("a-1", model, body, in(PATIENCE)));
    assertEquals("unsupported_parameter", assertInstanceOf(Failure.Rejected.class, outcome).code());
    assertEquals("", gemini.asked().uri());
  }

  private Question asked(boolean stream) {
    return new Question("a-1", model, question("Which ships came first?", stream), in(PATIENCE));
  }

  private Completion answer() {
    return assertInstanceOf(CallOutcome.Answered.class, dialect.ask(asked(false))).completion();
  }

  private Failure refusal(int status, String name) {
    gemini.replies(Reply.json(status, Recorded.text("gemini-error-" + name + ".json")));
    return assertInstanceOf(Failure.class, dialect.ask(asked(false)));
  }

  private CallOutcome status(int status) {
    gemini.replies(Reply.json(status, "{}"));
    return dialect.ask(asked(false));
  }

  private List<ObjectNode> chunks() throws InterruptedException {
    return chunks("a-1");
  }

  private List<ObjectNode> chunks(String attempt) throws InterruptedException {
    var question = new Question(attempt, model, question("Which?", true), in(PATIENCE));
    var opened = assertInstanceOf(CallOutcome.Opened.class, dialect.ask(question));
    var chunks = new ArrayList<ObjectNode>();
    assertInstanceOf(Part.End.class, read(opened, new StreamTally(model), chunks));
    return chunks;
  }

  private static Part read(CallOutcome.Opened opened, StreamTally tally, List<ObjectNode> chunks)
      throws InterruptedException {
    try (AnswerStream rest = opened.rest()) {
      Part part = new Part.Chunk(opened.first());
      while (!(part instanceof Part.End || part instanceof Part.Broken)) {
        switch (part) {
          case Part.Chunk(ObjectNode chunk) -> {
            tally.note(chunk);
            chunks.add(chunk);
          }
          case Part.Counted counted -> tally.note(counted);
          default -> assertInstanceOf(Part.Alive.class, part);
        }
        part = rest.next(PATIENCE);
      }
      return part;
    }
  }

  private static void add(ObjectNode message, JsonNode delta) {
    for (var field : delta.properties()) {
      String name = field.getKey();
      switch (name) {
        case "content", "reasoning_content" ->
            message.put(name, message.path(name).asText("") + field.getValue().asText());
        case "tool_calls" -> {
          ArrayNode calls = message.withArray("tool_calls");
          ObjectNode call = field.getValue().get(0).deepCopy();
          assertEquals(calls.size(), call.remove("index").asInt());
          calls.add(call);
        }
        default -> message.set(name, field.getValue());
      }
    }
  }

  /** Equal whatever the order of fields. */
  private static Map<String, JsonNode> sorted(JsonNode tree) {
    var fields = new TreeMap<String, JsonNode>();
    tree.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
    return fields;
  }

  private static byte[] event(String body) {
    return ("data: " + body + "\n\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String candidate(String text, String reason, long tokens) {
    try {
      return Json.text(
          Json.parse(
              """
              {"candidates":[{"content":{"parts":[{"text":"%s"}],"role":"model"},"finishReason":"%s","index":0}],
               "usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":%d,"totalTokenCount":%d},
               "modelVersion":"gemini-3.6-flash","responseId":"r-1"}"""
                  .formatted(text, reason, tokens, 10 + tokens)));
    } catch (NotJson e) {
      throw new AssertionError(e);
    }
  }
}
