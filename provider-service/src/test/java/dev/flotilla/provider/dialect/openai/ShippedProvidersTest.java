package dev.flotilla.provider.dialect.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.provider.WatchedUpstream;
import dev.flotilla.provider.dialect.AnswerStream.Part;
import dev.flotilla.provider.dialect.CallOutcome;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.Question;
import dev.flotilla.provider.dialect.StreamTally;
import dev.flotilla.provider.transport.Transport;
import dev.flotilla.provider.transport.TransportConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The oddities of the providers we ship profiles for, over HTTP. */
class ShippedProvidersTest {
  private static final TransportConfig CONFIG =
      new TransportConfig(Duration.ofSeconds(1), Duration.ofSeconds(5), 1 << 20, 1 << 16, true);
  private static final Catalog CATALOG = Catalog.readAll(Path.of("..", "config", "catalog"));
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final WatchedUpstream upstream = new WatchedUpstream();
  private final Transport transport = new Transport(CONFIG);

  @AfterEach
  void close() {
    transport.close();
    upstream.close();
  }

  @ParameterizedTest
  @CsvSource({
    "openai/gpt-5.6, OPENAI",
    "deepseek/deepseek-v4-pro, DEEPSEEK",
    "mistral/mistral-large-latest, MISTRAL",
    "groq/qwen/qwen3-32b, GROQ",
    "xai/grok-4, XAI",
    "together/zai-org/GLM-4.6, TOGETHER"
  })
  void each_is_asked_below_its_base_with_its_key(String id, String variables) {
    upstream.does(e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion("")));
    assertInstanceOf(CallOutcome.Answered.class, ask(id, false));
    assertEquals("/v1/chat/completions", upstream.asked().uri());
    assertEquals(
        "Bearer key-in-" + variables + "_API_KEY", upstream.asked().headers().get("authorization"));
    assertTrue(
        upstream.asked().body().contains("\"model\":\"" + model(id).upstream() + "\""),
        upstream.asked().body());
  }

  @Test
  void deepseeks_signs_of_life_are_no_part_of_a_stream() throws Exception {
    upstream.does(
        e -> {
          var out = WatchedUpstream.stream(e);
          out.write(": keep-alive\n\n\n\n: keep-alive\n\n".getBytes(StandardCharsets.UTF_8));
          WatchedUpstream.event(out, WatchedUpstream.chunk("Well, yes."));
          out.write(": keep-alive\n\n".getBytes(StandardCharsets.UTF_8));
          WatchedUpstream.event(out, WatchedUpstream.lastChunk());
          WatchedUpstream.event(
              out,
              """
              {"id":"c1","object":"chat.completion.chunk","model":"deepseek-v4-flash","choices":[],"usage":{"prompt_tokens":100,"completion_tokens":50,"prompt_cache_hit_tokens":64,"prompt_cache_miss_tokens":36}}""");
          WatchedUpstream.event(out, "[DONE]");
        });
    var tally = new StreamTally(model("deepseek/deepseek-v4-flash"));
    assertInstanceOf(Part.End.class, read("deepseek/deepseek-v4-flash", tally));
    assertEquals("Well, yes.", tally.text());
    assertEquals(AttemptUsage.text(36, 64, 50, 0), tally.usage());
  }

  @Test
  void deepseeks_blank_lines_before_a_whole_answer_are_no_part_of_it() {
    upstream.does(
        e ->
            WatchedUpstream.plain(
                e,
                200,
                "\n\n\n\n"
                    + WatchedUpstream.completion("{\"prompt_tokens\":1,\"completion_tokens\":2}")));
    var answered =
        assertInstanceOf(CallOutcome.Answered.class, ask("deepseek/deepseek-v4-pro", false));
    assertEquals(AttemptUsage.text(1, 0, 2, 0), answered.completion().usage());
  }

  @Test
  void an_answer_deepseek_gave_up_is_paid_for_and_no_answer() throws Exception {
    upstream.does(
        e ->
            WatchedUpstream.plain(
                e,
                200,
                WatchedUpstream.completion("{\"prompt_tokens\":100,\"completion_tokens\":50}")
                    .replace("\"stop\"", "\"insufficient_system_resource\"")));
    var cut = assertInstanceOf(Failure.CutShort.class, ask("deepseek/deepseek-v4-pro", false));
    assertEquals(AttemptUsage.text(100, 0, 50, 0), cut.usage());

    upstream.does(
        e -> {
          var out = WatchedUpstream.stream(e);
          WatchedUpstream.event(out, WatchedUpstream.chunk("Well, "));
          WatchedUpstream.event(
              out,
              WatchedUpstream.lastChunk()
                  .replace("\"stop\"", "\"insufficient_system_resource\"")
                  .replaceFirst(
                      "}$", ",\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":5}}"));
          WatchedUpstream.event(out, "[DONE]");
        });
    var tally = new StreamTally(model("deepseek/deepseek-v4-pro"));
    Part end = read("deepseek/deepseek-v4-pro", tally);
    assertInstanceOf(Failure.CutShort.class, assertInstanceOf(Part.Broken.class, end).why());
    assertNull(tally.finishReason(), "nobody may take it for an end");
    assertEquals(AttemptUsage.text(100, 0, 5, 0), tally.counted());
  }

  @Test
  void mistrals_refusal_of_a_field_names_it_and_quotes_nothing() {
    upstream.does(
        e ->
            WatchedUpstream.plain(
                e,
                422,
                """
                {"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","messages",0,"user","name"],"msg":"Extra inputs are not permitted","input":"SECRET"}]},"type":"invalid_request_error","param":null,"code":null}"""));
    var rejected =
        assertInstanceOf(Failure.Rejected.class, ask("mistral/mistral-large-latest", false));
    assertEquals(422, rejected.status());
    assertTrue(rejected.message().contains("body.messages.0.user.name"), rejected.message());
    assertFalse(rejected.message().contains("SECRET"), rejected.message());
  }

  @Test
  void what_a_thinking_model_of_mistrals_writes_in_parts_is_a_text_and_its_thoughts()
      throws Exception {
    String parts =
        """
        [{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]},{"type":"text","text":"Yes."}]""";
    upstream.does(
        e ->
            WatchedUpstream.plain(
                e,
                200,
                WatchedUpstream.completion("")
                    .replace("\"Well, yes.\"", parts)
                    .replace("\"stop\"", "\"model_length\"")));
    var answered =
        assertInstanceOf(CallOutcome.Answered.class, ask("mistral/magistral-medium-latest", false));
    var body = answered.completion().body();
    assertEquals("Yes.", body.at("/choices/0/message/content").asText());
    assertEquals("Hm.", body.at("/choices/0/message/reasoning_content").asText());
    assertEquals("length", answered.completion().finishReason());

    upstream.does(
        e -> {
          var out = WatchedUpstream.stream(e);
          WatchedUpstream.event(out, WatchedUpstream.chunk("x").replace("\"x\"", parts));
          WatchedUpstream.event(out, WatchedUpstream.lastChunk());
          WatchedUpstream.event(out, "[DONE]");
        });
    var tally = new StreamTally(model("mistral/magistral-medium-latest"));
    read("mistral/magistral-medium-latest", tally);
    assertEquals("Yes.Hm.", tally.text());
  }

  @Test
  void the_usage_groq_puts_beside_a_chunk_is_the_usage() throws Exception {
    upstream.does(
        e -> {
          var out = WatchedUpstream.stream(e);
          WatchedUpstream.event(out, WatchedUpstream.chunk("Well, yes."));
          WatchedUpstream.event(
              out,
              WatchedUpstream.lastChunk()
                  .replaceFirst(
                      "}$",
                      ",\"x_groq\":{\"id\":\"req_1\",\"usage\":{\"queue_time\":0.06,\"prompt_tokens\":18,"
                          + "\"completion_tokens\":439,\"total_tokens\":457}}}"));
          WatchedUpstream.event(out, "[DONE]");
        });
    var tally = new StreamTally(model("groq/qwen/qwen3-32b"));
    assertInstanceOf(Part.End.class, read("groq/qwen/qwen3-32b", tally));
    assertEquals(AttemptUsage.text(18, 0, 439, 0), tally.usage());
  }

  @Test
  void xais_reasoning_is_counted_beside_its_answer_and_its_tools_end_without_a_word() {
    String usage =
        """
        {"prompt_tokens":26,"completion_tokens":168,"total_tokens":498,"prompt_tokens_details":{"cached_tokens":4},
         "completion_tokens_details":{"reasoning_tokens":304},"num_sources_used":0}""";
    upstream.does(
        e ->
            WatchedUpstream.plain(
                e,
                200,
                WatchedUpstream.completion(usage)
                    .replace("\"stop\"", "\"\"")
                    .replace(
                        "\"content\":",
                        "\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\",\"function\":{\"name\":\"tide\",\"arguments\":\"{}\"}}],\"content\":")));
    var answered = assertInstanceOf(CallOutcome.Answered.class, ask("xai/grok-4", false));
    assertEquals(AttemptUsage.text(22, 4, 168, 304), answered.completion().usage());
    assertEquals("tool_calls", answered.completion().finishReason());
  }

  @Test
  void together_ends_with_a_token_and_takes_what_openai_has_not() {
    upstream.does(
        e ->
            WatchedUpstream.plain(
                e, 200, WatchedUpstream.completion("").replace("\"stop\"", "\"eos\"")));
    ObjectNode body = body(false).put("top_k", 5).put("n", 2).put("max_completion_tokens", 9);
    Model model = model("together/zai-org/GLM-4.6");
    assertNull(dialect(model).objection(model, body));
    var answered = assertInstanceOf(CallOutcome.Answered.class, ask(model, body));
    assertEquals("stop", answered.completion().finishReason());
    String sent = upstream.asked().body();
    assertTrue(sent.contains("\"top_k\":5") && sent.contains("\"max_tokens\":9"), sent);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":{\"message\":\"This model's maximum context length is 131072 tokens. However, you requested 200000 tokens\",\"type\":\"invalid_request_error\",\"code\":\"invalid_request_error\"}}",
        "{\"object\":\"error\",\"message\":\"Prompt contains 40000 tokens, too large for model with 32768 maximum context length\",\"type\":\"invalid_request_error\",\"code\":\"3051\"}",
        "{\"code\":\"Client specified an invalid argument\",\"error\":\"This model's maximum prompt length is 131072 but the request contains 200000 tokens.\"}"
      })
  void a_prompt_that_is_too_long_is_told_from_other_mistakes_in_each_ones_words(String refusal) {
    upstream.does(e -> WatchedUpstream.plain(e, 400, refusal));
    var rejected = assertInstanceOf(Failure.Rejected.class, ask("deepseek/deepseek-v4-pro", false));
    assertEquals("context_length_exceeded", rejected.code());
  }

  private CallOutcome ask(String id, boolean stream) {
    return ask(model(id), body(stream));
  }

  private CallOutcome ask(Model model, ObjectNode body) {
    return dialect(model).ask(new Question("a-1", model, body, Deadline.in(PATIENCE)));
  }

  private Part read(String id, StreamTally tally) throws Exception {
    var opened = assertInstanceOf(CallOutcome.Opened.class, ask(id, true));
    tally.note(opened.first());
    try (var rest = opened.rest()) {
      while (true) {
        switch (rest.next(PATIENCE)) {
          case Part.Chunk(ObjectNode chunk) -> tally.note(chunk);
          case Part.Counted counted -> tally.note(counted);
          case Part.Alive() -> {}
          case Part end -> {
            return end;
          }
        }
      }
    }
  }

  private static ObjectNode body(boolean stream) {
    ObjectNode body = Json.object();
    body.putArray("messages").addObject().put("role", "user").put("content", "Is it so?");
    return stream ? body.put("stream", true) : body;
  }

  /** As the catalogue has it, with its address and its key from the environment. */
  private OpenAiDialect dialect(Model model) {
    var endpoint =
        Endpoint.of(
            model.provider(),
            name -> name.endsWith("_BASE_URL") ? upstream.baseUrl() : "key-in-" + name);
    return new OpenAiDialect(transport, CONFIG, Map.of(model.provider().id(), endpoint));
  }

  private static Model model(String id) {
    return CATALOG.find(id).orElseThrow();
  }
}
