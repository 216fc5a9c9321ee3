package dev.flotilla.provider.dialect.anthropic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.json.Json;
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
import dev.flotilla.provider.pricing.TokenCount;
import dev.flotilla.provider.transport.Transport;
import dev.flotilla.provider.transport.TransportConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicDialectTest extends DialectContract {
  private static final TransportConfig CONFIG =
      new TransportConfig(Duration.ofSeconds(1), Duration.ofSeconds(5), 1 << 20, 1 << 16, true);
  private static final Model MODEL =
      Catalog.read(Path.of("..", "config", "catalog"), Set.of("anthropic"))
          .find("anthropic/claude-haiku-4-5")
          .orElseThrow();

  private final FakeAnthropic anthropic = new FakeAnthropic();
  private final Transport transport = new Transport(CONFIG);

  @AfterEach
  void close() {
    transport.close();
    anthropic.close();
  }

  @Override
  protected Dialect dialect() {
    return new AnthropicDialect(
        transport,
        CONFIG,
        Map.of("anthropic", new Access(anthropic.baseUrl(), "sk-ant-test")),
        InstantSource.fixed(Instant.ofEpochSecond(1_790_000_000)));
  }

  @Override
  protected @Nullable JsonNode lastSent() {
    return anthropic.lastBody();
  }

  @Override
  protected Model modelIn(Trouble trouble) {
    switch (trouble) {
      case NONE ->
          anthropic.says(
              e -> {
                boolean limited = anthropic.lastBody().path("max_tokens").asInt() == 3;
                if (anthropic.lastBody().path("stream").asBoolean()) {
                  FakeAnthropic.events(e, FakeAnthropic.recorded("anthropic-plain.sse"));
                } else {
                  FakeAnthropic.reply(
                      e,
                      200,
                      "application/json",
                      FakeAnthropic.recorded(
                          limited ? "anthropic-length.json" : "anthropic-plain.json"));
                }
              });
      case RATE_LIMITED ->
          anthropic.says(
              e -> {
                e.getResponseHeaders().set("retry-after", "1");
                FakeAnthropic.reply(
                    e,
                    429,
                    "application/json",
                    error("rate_limit_error").getBytes(StandardCharsets.UTF_8));
              });
      case SERVER_ERROR -> anthropic.fails(500, "api_error", "Internal server error");
      case HANGS -> anthropic.hangs();
      case BAD_JSON ->
          anthropic.says(
              e ->
                  FakeAnthropic.reply(
                      e,
                      200,
                      "application/json",
                      "{\"type\":\"mess".getBytes(StandardCharsets.UTF_8)));
      case CUT ->
          anthropic.says(
              e -> {
                if (anthropic.lastBody().path("stream").asBoolean()) {
                  FakeAnthropic.events(
                      e, FakeAnthropic.upTo("anthropic-plain.sse", "event: message_delta"));
                } else {
                  e.sendResponseHeaders(200, 1_000);
                  e.getResponseBody().write('{');
                  e.getResponseBody().flush();
                }
              });
    }
    return MODEL;
  }

  @Test
  void the_key_and_the_version_go_in_anthropics_headers() {
    ask(Trouble.NONE, false, PATIENCE);
    assertEquals("sk-ant-test", anthropic.lastHeaders().get("x-api-key"));
    assertEquals("2023-06-01", anthropic.lastHeaders().get("anthropic-version"));
    assertEquals("attempt-NONE", anthropic.lastHeaders().get("x-client-request-id"));
    assertNull(anthropic.lastHeaders().get("authorization"));
    assertEquals("https://x", new Access("https://x", "sk-ant-test").toString());
  }

  @Test
  void an_answer_looks_like_openais_and_its_buckets_are_anthropics() throws Exception {
    anthropic.says("anthropic-plain");
    var completion = whole();
    assertEquals(
        Json.parse(
            """
            {"id":"msg_01PlainShips","object":"chat.completion","created":1790000000,
             "model":"claude-haiku-4-5-20251001",
             "choices":[{"index":0,"message":{"role":"assistant",
               "content":"The brig “Möwe” came first, at six – ⛵.","refusal":null},
               "logprobs":null,"finish_reason":"stop"}],
             "usage":{"prompt_tokens":144,"completion_tokens":17,"total_tokens":161,
               "prompt_tokens_details":{"cached_tokens":100,"cache_write_tokens":30,"cache_write_1h_tokens":10}}}
            """),
        Json.parse(Json.text(completion.body())));
    assertEquals(
        new AttemptUsage(14L, 100L, 20L, 10L, 17L, 0L, null, null, null), completion.usage());
  }

  @Test
  void thoughts_and_calls_of_tools_come_in_openais_shape() throws Exception {
    anthropic.says("anthropic-tools");
    var completion = whole();
    assertEquals(
        Json.parse(
            """
            {"role":"assistant","content":"Let me look.","reasoning_content":"Both harbours matter.",
             "reasoning_details":[
               {"type":"reasoning.text","format":"anthropic-claude-v1","index":0,
                "text":"Both harbours matter.","signature":"c2lnbmVkLW9uZQ=="},
               {"type":"reasoning.encrypted","format":"anthropic-claude-v1","index":1,"data":"c2VjcmV0"}],
             "tool_calls":[
               {"id":"toolu_01Kiel","type":"function",
                "function":{"name":"arrivals","arguments":"{\\"harbour\\":\\"Kiel\\",\\"häufig\\":true}"}},
               {"id":"toolu_02Now","type":"function","function":{"name":"now","arguments":"{}"}}],
             "refusal":null}
            """),
        completion.body().at("/choices/0/message"));
    assertEquals("tool_calls", completion.finishReason());
    assertEquals(AttemptUsage.text(472, 0, 77, 21), completion.usage());
  }

  @Test
  void a_refusal_is_an_answer_that_says_why() {
    anthropic.says("anthropic-refusal");
    var completion = whole();
    assertEquals("content_filter", completion.finishReason());
    assertEquals(
        "This asks for a working exploit.",
        completion.body().at("/choices/0/message/refusal").asText());
  }

  @ParameterizedTest
  @ValueSource(strings = {"anthropic-plain", "anthropic-tools", "anthropic-refusal"})
  void a_stream_put_together_is_the_whole_answer(String recorded) throws Exception {
    anthropic.says(recorded);
    var whole = whole();
    var stream = streamed();
    assertInstanceOf(Part.End.class, stream.end());
    assertEquals(whole.body().at("/choices/0/message"), stream.message());
    assertEquals(whole.finishReason(), stream.tally().finishReason());
    assertEquals(whole.usage(), stream.tally().usage());
    assertEquals(whole.id(), stream.tally().id());
    ObjectNode last = stream.chunks().getLast();
    assertTrue(last.path("choices").isEmpty(), "the usage comes alone");
    assertEquals("assistant", stream.chunks().getFirst().at("/choices/0/delta/role").asText());
  }

  @Test
  void a_stream_says_the_same_wherever_the_network_cuts_it() throws Exception {
    byte[] all = FakeAnthropic.recorded("anthropic-tools.sse");
    anthropic.says("anthropic-tools");
    JsonNode expected = streamed().message();
    for (int offset = 1; offset < all.length; offset++) {
      int cut = offset;
      anthropic.says(
          e ->
              FakeAnthropic.events(
                  e, Arrays.copyOf(all, cut), Arrays.copyOfRange(all, cut, all.length)));
      var stream = streamed();
      assertInstanceOf(Part.End.class, stream.end(), "cut at " + cut);
      assertEquals(expected, stream.message(), "cut at " + cut);
    }
  }

  @Test
  void a_stream_without_its_last_event_is_broken_wherever_it_ends() throws Exception {
    for (String before :
        List.of("event: content_block_stop", "event: message_delta", "event: message_stop")) {
      anthropic.says(
          e -> FakeAnthropic.events(e, FakeAnthropic.upTo("anthropic-plain.sse", before)));
      assertInstanceOf(Part.Broken.class, streamed().end(), before);
    }
  }

  @Test
  void a_stream_that_breaks_is_charged_the_input_that_anthropic_counted() throws Exception {
    anthropic.says("anthropic-broken");
    var stream = streamed();
    assertInstanceOf(Part.Broken.class, stream.end());
    assertNull(stream.tally().usage());
    var estimate = TokenCount.estimate(question("hello", true), stream.tally());
    assertEquals(new AttemptUsage(14L, 100L, 20L, 10L, 4L, 0L, null, null, null), estimate);
  }

  @Test
  void an_error_before_the_first_word_is_a_plain_failure_of_its_class() {
    anthropic.says("anthropic-overloaded");
    assertInstanceOf(
        Failure.Overloaded.class,
        dialect().ask(new Question("a-1", MODEL, question("hello", true), in(PATIENCE))));
  }

  @ParameterizedTest
  @CsvSource({
    "end_turn, stop",
    "stop_sequence, stop",
    "tool_use, tool_calls",
    "max_tokens, length",
    "model_context_window_exceeded, length",
    "pause_turn, length",
    "refusal, content_filter",
    "of_tomorrow, stop"
  })
  void every_stop_reason_has_a_finish_reason(String stop, String finish) {
    anthropic.says(
        e ->
            FakeAnthropic.reply(
                e,
                200,
                "application/json",
                new String(FakeAnthropic.recorded("anthropic-plain.json"), StandardCharsets.UTF_8)
                    .replace("end_turn", stop)
                    .getBytes(StandardCharsets.UTF_8)));
    assertEquals(finish, whole().finishReason());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1e18", "\"14\"", "14.5", "99999999999", "null"})
  void a_usage_that_cannot_be_true_is_none(String count) {
    anthropic.says(
        e ->
            FakeAnthropic.reply(
                e,
                200,
                "application/json",
                new String(FakeAnthropic.recorded("anthropic-plain.json"), StandardCharsets.UTF_8)
                    .replace("\"input_tokens\": 14,", "\"input_tokens\": " + count + ",")
                    .getBytes(StandardCharsets.UTF_8)));
    assertNull(whole().usage());
  }

  @ParameterizedTest
  @CsvSource({
    "401, authentication_error, Barred",
    "402, billing_error, Barred",
    "403, permission_error, Barred",
    "404, not_found_error, Barred",
    "302, moved, Barred",
    "400, invalid_request_error, Rejected",
    "413, request_too_large, Rejected",
    "429, rate_limit_error, Throttled",
    "409, conflict_error, Overloaded",
    "503, api_error, Overloaded",
    "529, overloaded_error, Overloaded",
    "500, api_error, ServerError",
    "502, api_error, ServerError",
    "504, timeout_error, ServerError"
  })
  void statuses_mean_what_the_fault_table_says(int status, String type, String failure) {
    anthropic.fails(status, type, "something");
    assertEquals(failure, failed().getClass().getSimpleName());
  }

  @Test
  void a_prompt_that_is_too_long_says_so_to_the_router() {
    anthropic.fails(
        400, "invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum");
    var rejected = assertInstanceOf(Failure.Rejected.class, failed());
    assertEquals("context_length_exceeded", rejected.code());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Your credit balance is too low to access the API.",
        "You have reached your specified workspace API usage limits."
      })
  void money_that_has_run_out_comes_as_400_and_is_ours_to_mend(String words) {
    anthropic.fails(400, "invalid_request_error", words);
    assertInstanceOf(Failure.Barred.class, failed());
  }

  @Test
  void an_enforced_limit_of_spending_comes_as_429_and_no_waiting_helps() {
    String body =
        error("rate_limit_error")
            .replace(
                "\"message\"",
                "\"details\":{\"error_code\":\"enforced_spend_limit_reached\"},\"message\"");
    anthropic.says(
        e ->
            FakeAnthropic.reply(e, 429, "application/json", body.getBytes(StandardCharsets.UTF_8)));
    assertInstanceOf(Failure.Barred.class, failed());
  }

  @Test
  void what_a_filter_stopped_is_told_from_other_refusals() {
    anthropic.fails(400, "invalid_request_error", "Output blocked by content filtering policy");
    assertEquals("content_filter", assertInstanceOf(Failure.Rejected.class, failed()).code());
  }

  @Test
  void the_place_of_a_mistake_is_shown_and_the_providers_words_are_not() {
    anthropic.fails(
        400, "invalid_request_error", "messages.0.content: 'my secret prompt' sk-ant-1 is wrong");
    String message = assertInstanceOf(Failure.Rejected.class, failed()).message();
    assertTrue(message.contains("'messages.0.content'"), message);
    assertFalse(message.contains("secret") || message.contains("sk-ant"), message);
  }

  @Test
  void a_page_of_html_is_neither_read_nor_shown() {
    anthropic.says(
        e ->
            FakeAnthropic.reply(
                e,
                413,
                "text/html",
                "<html>prompt is too long <b>secret</b>".getBytes(StandardCharsets.UTF_8)));
    var rejected = assertInstanceOf(Failure.Rejected.class, failed());
    assertEquals("request_too_large", rejected.code());
    assertFalse(rejected.message().contains("secret"));
  }

  @Test
  void a_success_that_is_an_error_is_no_answer() {
    anthropic.says(
        e ->
            FakeAnthropic.reply(
                e, 200, "application/json", error("api_error").getBytes(StandardCharsets.UTF_8)));
    assertInstanceOf(Failure.BadAnswer.class, failed());
  }

  private static String error(String type) {
    return "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"no\"}}";
  }

  private Completion whole() {
    var outcome = dialect().ask(new Question("a-1", MODEL, question("hello", false), in(PATIENCE)));
    return assertInstanceOf(CallOutcome.Answered.class, outcome).completion();
  }

  private CallOutcome failed() {
    return dialect().ask(new Question("a-1", MODEL, question("hello", false), in(PATIENCE)));
  }

  private record Stream(List<ObjectNode> chunks, StreamTally tally, Part end) {
    /** The message that a client puts together from the deltas. */
    ObjectNode message() {
      ObjectNode message = Json.object().putNull("refusal");
      for (ObjectNode chunk : chunks) {
        for (var field : chunk.at("/choices/0/delta").properties()) {
          merge(message, field.getKey(), field.getValue());
        }
      }
      message.path("tool_calls").forEach(call -> ((ObjectNode) call).remove("index"));
      if (message.path("content").asText().isEmpty() && message.has("tool_calls")) {
        message.putNull("content");
      }
      return message;
    }

    private static void merge(ObjectNode into, String name, JsonNode piece) {
      JsonNode before = into.path(name);
      if (piece.isTextual() && before.isTextual() && !Set.of("type", "id", "role").contains(name)) {
        into.put(name, before.textValue() + piece.textValue());
      } else if (piece.isArray()) {
        var list = before.isArray() ? (ArrayNode) before : into.putArray(name);
        for (JsonNode one : piece) {
          ObjectNode known = null;
          for (JsonNode other : list) {
            known = other.path("index").equals(one.path("index")) ? (ObjectNode) other : known;
          }
          ObjectNode target = known == null ? list.addObject() : known;
          one.properties().forEach(field -> merge(target, field.getKey(), field.getValue()));
        }
      } else if (piece.isObject() && before.isObject()) {
        piece.properties().forEach(f -> merge((ObjectNode) before, f.getKey(), f.getValue()));
      } else {
        into.set(name, piece.deepCopy());
      }
    }
  }

  private Stream streamed() throws InterruptedException {
    var outcome = dialect().ask(new Question("a-1", MODEL, question("hello", true), in(PATIENCE)));
    var opened = assertInstanceOf(CallOutcome.Opened.class, outcome);
    var tally = new StreamTally(MODEL);
    var chunks = new ArrayList<ObjectNode>();
    try (AnswerStream rest = opened.rest()) {
      for (Part part = new Part.Chunk(opened.first()); ; part = rest.next(PATIENCE)) {
        switch (part) {
          case Part.Chunk(ObjectNode chunk) -> {
            tally.note(chunk);
            chunks.add(chunk);
          }
          case Part.Counted counted -> tally.note(counted);
          case Part.Alive() -> {}
          case Part.Silence(), Part.End(), Part.Ceased(), Part.Broken(_, _) -> {
            return new Stream(chunks, tally, part);
          }
        }
      }
    }
  }
}
