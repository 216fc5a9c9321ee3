package dev.flotilla.provider.dialect.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.CallOutcome;
import dev.flotilla.provider.dialect.Completion;
import dev.flotilla.provider.dialect.EmbeddingCatalog;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.Question;
import dev.flotilla.provider.embedding.Vectors;
import dev.flotilla.provider.transport.Transport;
import dev.flotilla.provider.transport.TransportConfig;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.CountingUpstream;
import dev.flotilla.testkit.OpenAiSchemas;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors in OpenAI's dialect. */
class OpenAiEmbeddingTest {
  private static final TransportConfig CONFIG =
      new TransportConfig(Duration.ofSeconds(1), Duration.ofSeconds(5), 1 << 20, 1 << 16, true);

  @TempDir Path folder;
  private final CountingUpstream upstream = CountingUpstream.start();
  private final Transport transport = new Transport(CONFIG);
  private Model model;
  private OpenAiDialect dialect;

  @BeforeEach
  void readCatalogue() {
    model = EmbeddingCatalog.model(folder, "openai", upstream.baseUrl());
    var endpoint = Endpoint.of(model.provider(), name -> name.equals("UP_KEY") ? "sk-test" : null);
    dialect = new OpenAiDialect(transport, CONFIG, Map.of("up", endpoint));
  }

  @AfterEach
  void close() {
    for (CountingUpstream.Received sent : upstream.received()) {
      assertEquals(List.of(), OpenAiSchemas.faults("CreateEmbeddingRequest", sent.body()));
    }
    transport.close();
    upstream.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'model':'x','input':'One ship'}",
        "{'model':'x','input':['One ship','another']}",
        "{'model':'x','input':[1,2,3]}",
        "{'model':'x','input':[[1,2,3],[4]],'user':'u'}",
        "{'model':'x','input':'One ship','dimensions':4}",
        "{'model':'x','input':['One ship','another'],'dimensions':8,'encoding_format':'base64'}",
        "{'model':'x','input':'One ship','encoding_format':'float','stream':false}"
      })
  void every_form_of_input_gets_a_vector_for_each(String written) throws NotJson {
    ObjectNode body = json(written);
    body.remove("stream");
    Completion c = answered(body);
    JsonNode sent = Json.parse(upstream.lastRequest().body());
    assertEquals(body.deepCopy().put("model", "embed-1"), sent, "only the model is replaced");
    assertEquals("/v1/embeddings", upstream.lastRequest().path());
    assertEquals("Bearer sk-test", upstream.lastRequest().headers().get("authorization"));
    JsonNode input = body.path("input");
    int inputs = input.isArray() && !input.path(0).isNumber() ? input.size() : 1;
    assertEquals(inputs, c.body().path("data").size());
    assertEquals(c.body().at("/usage/prompt_tokens").asLong(), c.usage().input());
    assertEquals(AttemptUsage.text(c.usage().input(), 0, 0, 0), c.usage());
  }

  @Test
  void what_is_no_vector_for_each_input_is_no_answer_and_what_was_charged_is_kept() {
    ObjectNode body = Json.object().put("input", "One ship").put("dimensions", 4);
    for (String answer :
        List.of(
            "{'data':[],'usage':{'prompt_tokens':2}}",
            "{'data':[{'embedding':[1,2,3]}],'usage':{'prompt_tokens':2}}",
            "{'data':[{'embedding':[1,2,3,'x']}],'usage':{'prompt_tokens':2}}",
            "{'data':[{'embedding':'AAAA'}],'usage':{'prompt_tokens':2}}",
            "{'data':[{'embedding':[1,2,3,4]},{'embedding':[1,2,3,4]}]}",
            "{'choices':[]}")) {
      assertNull(Vectors.of(unchecked(answer), model, body), answer);
    }
    upstream.always(Behaviour.badJson());
    var bad = assertInstanceOf(Failure.BadAnswer.class, ask(body));
    assertNull(bad.usage());
    upstream.always(Behaviour.ok());
    // The catalogue says 8, and this upstream always gives what it is asked for: 8.
    assertInstanceOf(CallOutcome.Answered.class, ask(Json.object().put("input", "One ship")));
  }

  @Test
  void a_server_that_sends_numbers_where_base64_was_asked_for_is_understood_and_the_other_way() {
    ObjectNode numbers = unchecked("{'data':[{'embedding':[1,-0.5]}],'usage':{'prompt_tokens':1}}");
    ObjectNode asked = Json.object().put("input", "x").put("dimensions", 2);
    var base64 = Vectors.of(numbers, model, asked.deepCopy().put("encoding_format", "base64"));
    assertEquals("AACAPwAAAL8=", base64.body().at("/data/0/embedding").asText());
    var back = Vectors.of(base64.body(), model, asked);
    assertEquals(1.0, back.body().at("/data/0/embedding/0").asDouble());
    assertEquals(-0.5, back.body().at("/data/0/embedding/1").asDouble());
  }

  @Test
  void a_count_that_cannot_be_true_is_none() {
    ObjectNode asked = Json.object().put("input", "x").put("dimensions", 1);
    for (String count : List.of("-1", "1001", "'7'", "null")) {
      var vectors =
          Vectors.of(
              unchecked("{'data':[{'embedding':[1]}],'usage':{'prompt_tokens':" + count + "}}"),
              model,
              asked);
      assertNull(vectors.usage(), count);
    }
  }

  @Test
  void a_refusal_and_a_silence_are_what_they_are_for_chat() {
    ObjectNode body = Json.object().put("input", "One ship");
    upstream.always(Behaviour.status(500));
    assertInstanceOf(Failure.ServerError.class, ask(body));
    upstream.always(Behaviour.rateLimited(Duration.ofSeconds(1)));
    assertInstanceOf(Failure.Throttled.class, ask(body));
    upstream.always(Behaviour.cutAfter(0));
    assertInstanceOf(Failure.Lost.class, ask(body));
    assertTrue(dialect.serves(model));
  }

  private Completion answered(ObjectNode body) {
    return assertInstanceOf(CallOutcome.Answered.class, ask(body)).completion();
  }

  private CallOutcome ask(ObjectNode body) {
    return dialect.ask(new Question("a-1", model, body, Deadline.in(Duration.ofSeconds(10))));
  }

  private static ObjectNode unchecked(String text) {
    try {
      return json(text);
    } catch (NotJson e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static ObjectNode json(String text) throws NotJson {
    return Json.parseObject(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
