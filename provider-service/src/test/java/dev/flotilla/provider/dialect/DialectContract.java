package dev.flotilla.provider.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.provider.dialect.AnswerStream.Part;
import dev.flotilla.testkit.FaultRow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every dialect must do; a new provider is done when it is green. */
public abstract class DialectContract {
  /** The troubles a provider can be put into. */
  protected enum Trouble {
    NONE,
    RATE_LIMITED,
    SERVER_ERROR,
    HANGS,
    BAD_JSON,
    CUT
  }

  protected static final Duration PATIENCE = Duration.ofSeconds(10);

  protected abstract Dialect dialect();

  /** The model to ask so that the provider shows this trouble to the next request. */
  protected abstract Model modelIn(Trouble trouble);

  @Test
  void a_plain_answer_has_words_a_finish_reason_and_disjoint_buckets() {
    var answered = assertInstanceOf(CallOutcome.Answered.class, ask(Trouble.NONE, false, PATIENCE));
    Completion c = answered.completion();
    assertFalse(c.text().isBlank());
    assertEquals("stop", c.finishReason());
    assertNotNull(c.id());
    assertNotNull(c.servedModel());
    AttemptUsage usage = c.usage();
    assertNotNull(usage);
    long reported = c.body().path("usage").path("prompt_tokens").asLong();
    assertEquals(
        reported, usage.input() + usage.cacheRead() + usage.cacheWrite5m() + usage.cacheWrite1h());
    assertTrue(usage.output() > 0);
  }

  @Test
  void a_stream_says_the_same_as_the_plain_answer_and_ends_with_its_usage() throws Exception {
    var plain = assertInstanceOf(CallOutcome.Answered.class, ask(Trouble.NONE, false, PATIENCE));
    var opened = assertInstanceOf(CallOutcome.Opened.class, ask(Trouble.NONE, true, PATIENCE));
    var tally = new StreamTally(modelIn(Trouble.NONE));
    assertInstanceOf(Part.End.class, readAll(opened, tally));
    assertEquals(plain.completion().text(), tally.text());
    assertEquals(plain.completion().usage(), tally.usage());
    assertEquals("stop", tally.finishReason());
  }

  @Test
  void a_limit_of_tokens_is_kept_and_named_as_the_reason() {
    ObjectNode body = question("Tell me everything about the history of sailing ships", false);
    var model = modelIn(Trouble.NONE);
    var outcome =
        dialect().ask(new Question("limit", model, body.put("max_tokens", 3), in(PATIENCE)));
    var c = assertInstanceOf(CallOutcome.Answered.class, outcome).completion();
    assertEquals("length", c.finishReason());
    assertEquals(3, c.usage().output());
  }

  @Test
  void a_rate_limit_says_when_to_come_back() {
    var failure =
        assertInstanceOf(Failure.Throttled.class, ask(Trouble.RATE_LIMITED, false, PATIENCE));
    assertEquals(429, failure.status());
    assertEquals(Duration.ofSeconds(1), failure.retryAfter());
  }

  @Test
  void an_error_before_a_stream_began_is_a_plain_failure() {
    assertInstanceOf(Failure.Throttled.class, ask(Trouble.RATE_LIMITED, true, PATIENCE));
    assertInstanceOf(Failure.ServerError.class, ask(Trouble.SERVER_ERROR, true, PATIENCE));
  }

  @Test
  void a_server_error_is_told_apart_from_a_refusal() {
    assertInstanceOf(Failure.ServerError.class, ask(Trouble.SERVER_ERROR, false, PATIENCE));
  }

  @Test
  @FaultRow(row = 6, fault = "no first byte, plain and streamed")
  void a_provider_that_does_not_answer_is_given_up_at_the_deadline() {
    long begun = System.nanoTime();
    var patience = Duration.ofMillis(200);
    assertInstanceOf(Failure.TimedOut.class, ask(Trouble.HANGS, false, patience));
    assertInstanceOf(Failure.TimedOut.class, ask(Trouble.HANGS, true, patience));
    assertTrue(System.nanoTime() - begun < Duration.ofSeconds(3).toNanos());
  }

  @Test
  void a_success_that_is_not_json_is_no_answer() {
    assertInstanceOf(Failure.BadAnswer.class, ask(Trouble.BAD_JSON, false, PATIENCE));
  }

  @Test
  @FaultRow(row = 9, fault = "the connection ends within the body")
  @FaultRow(row = 33, fault = "the connection ends within the stream")
  void an_answer_that_breaks_off_is_never_taken_for_a_whole_one() throws Exception {
    assertInstanceOf(Failure.Lost.class, ask(Trouble.CUT, false, PATIENCE));
    var opened = assertInstanceOf(CallOutcome.Opened.class, ask(Trouble.CUT, true, PATIENCE));
    var tally = new StreamTally(modelIn(Trouble.NONE));
    assertInstanceOf(Part.Broken.class, readAll(opened, tally));
    assertTrue(tally.chunks() > 0);
  }

  /** The newest request as it went over the wire; null when this dialect has none. */
  protected abstract @Nullable JsonNode lastSent();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "max_tokens | 7",
        "max_completion_tokens | 7",
        "reasoning_effort | \"low\"",
        "top_k | 5",
        "seed | 7",
        "n | 2",
        "logprobs | true",
        "logit_bias | {\"5\":1}",
        "modalities | [\"text\",\"audio\"]",
        "tools | [{\"type\":\"function\",\"function\":{\"name\":\"tide\",\"parameters\":{\"type\":\"object\"}}}]",
        "response_format | {\"type\":\"json_object\"}",
        "response_format | {\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":{\"type\":\"object\"}}}"
      })
  void a_parameter_is_told_to_the_provider_or_refused_by_its_name(String name, String value)
      throws Exception {
    ObjectNode plain = question("Which ships reached the harbour first?", false);
    assertToldOrRefused(plain, plain.deepCopy().set(name, Json.parse(value)), name);
  }

  @Test
  void one_tool_at_a_time_is_told_to_the_provider_or_refused_by_its_name() throws Exception {
    ObjectNode plain = question("Which ships reached the harbour first?", false);
    plain.set("tools", Json.parse("[{\"type\":\"function\",\"function\":{\"name\":\"tide\"}}]"));
    if (dialect().objection(modelIn(Trouble.NONE), plain) == null) {
      assertToldOrRefused(
          plain, plain.deepCopy().put("parallel_tool_calls", false), "parallel_tool_calls");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,iVBORw0KGgo=\"}}",
        "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"UklGRg==\",\"format\":\"wav\"}}",
        "{\"type\":\"file\",\"file\":{\"file_data\":\"data:application/pdf;base64,JVBERg==\",\"filename\":\"a.pdf\"}}"
      })
  void pictures_sounds_and_files_are_told_to_the_provider_or_refused_by_their_place(String part)
      throws Exception {
    ObjectNode plain = question("What is this?", false);
    ObjectNode asked = plain.deepCopy();
    ((ObjectNode) asked.at("/messages/0")).putArray("content").add(Json.parse(part));
    assertToldOrRefused(plain, asked, "messages[0].content[0]");
  }

  private void assertToldOrRefused(ObjectNode plain, ObjectNode asked, String param) {
    Model model = modelIn(Trouble.NONE);
    Objection objection = dialect().objection(model, asked);
    if (objection != null) {
      assertEquals(Objection.UNSUPPORTED, objection.code(), objection.toString());
      assertTrue(objection.param().startsWith(param), objection.toString());
      return;
    }
    dialect().ask(new Question("without", model, plain, in(PATIENCE)));
    JsonNode without = lastSent();
    dialect().ask(new Question("with", model, asked, in(PATIENCE)));
    if (without != null) {
      assertNotEquals(without, lastSent(), param + " was dropped without a word");
    }
  }

  protected CallOutcome ask(Trouble trouble, boolean stream, Duration patience) {
    return dialect()
        .ask(
            new Question(
                "attempt-" + trouble,
                modelIn(trouble),
                question("Which ships reached the harbour first?", stream),
                in(patience)));
  }

  protected static ObjectNode question(String text, boolean stream) {
    ObjectNode body = Json.object().put("model", "as-the-caller-named-it");
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    return stream ? body.put("stream", true) : body;
  }

  protected static Deadline in(Duration patience) {
    return Deadline.in(patience);
  }

  private static Part readAll(CallOutcome.Opened opened, StreamTally tally) throws Exception {
    try (AnswerStream rest = opened.rest()) {
      tally.note(opened.first());
      while (true) {
        Part part = rest.next(PATIENCE);
        if (part instanceof Part.Chunk(ObjectNode chunk)) {
          tally.note(chunk);
        } else if (part instanceof Part.Counted counted) {
          tally.note(counted);
        } else if (!(part instanceof Part.Alive)) {
          return part;
        }
      }
    }
  }
}
