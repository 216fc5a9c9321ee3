package dev.flotilla.provider.dialect.gemini;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.Access;
import dev.flotilla.provider.dialect.CallOutcome;
import dev.flotilla.provider.dialect.Completion;
import dev.flotilla.provider.dialect.Dialect;
import dev.flotilla.provider.dialect.EmbeddingCatalog;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.Objection;
import dev.flotilla.provider.dialect.Question;
import dev.flotilla.provider.dialect.anthropic.AnthropicDialect;
import dev.flotilla.provider.dialect.gemini.FakeGemini.Reply;
import dev.flotilla.provider.transport.Transport;
import dev.flotilla.provider.transport.TransportConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors in Gemini's words. */
class BatchEmbeddingTest {
  private static final TransportConfig CONFIG =
      new TransportConfig(Duration.ofSeconds(1), Duration.ofSeconds(5), 1 << 20, 1 << 16, true);

  @TempDir Path folder;
  private final FakeGemini gemini = new FakeGemini();
  private final Transport transport = new Transport(CONFIG);
  private Model model;
  private Dialect dialect;

  @BeforeEach
  void readCatalogue() {
    model = EmbeddingCatalog.model(folder, "gemini", gemini.baseUrl());
    Access access = Access.of(model.provider(), name -> name.equals("UP_KEY") ? "k" : null);
    dialect =
        new GeminiDialect(
            transport, CONFIG, Map.of("up", access), InstantSource.fixed(Instant.EPOCH));
  }

  @AfterEach
  void close() {
    transport.close();
    gemini.close();
  }

  @Test
  void several_texts_are_one_batch_and_their_vectors_have_openais_shape() throws NotJson {
    gemini.replies(
        Reply.json(
            200,
            "{\"embeddings\":[{\"values\":[0.5,-1]},{\"values\":[0.25,0]}],\"usageMetadata\":{\"promptTokenCount\":7}}"));
    Completion c =
        answered(json("{'input':['One ship','another'],'dimensions':2,'user':'u','model':'x'}"));
    assertEquals("/v1beta/models/embed-1:batchEmbedContents", gemini.asked().uri());
    assertEquals("k", gemini.asked().key());
    assertEquals(
        json(
            "{'requests':[{'model':'models/embed-1','content':{'parts':[{'text':'One ship'}]},'outputDimensionality':2},"
                + "{'model':'models/embed-1','content':{'parts':[{'text':'another'}]},'outputDimensionality':2}]}"),
        gemini.asked().body());
    assertEquals("[0.5,-1.0]", c.body().at("/data/0/embedding").toString());
    assertEquals(1, c.body().at("/data/1/index").asInt());
    assertEquals("list", c.body().path("object").asText());
    assertEquals(AttemptUsage.text(7, 0, 0, 0), c.usage());
    Completion base64 =
        answered(
            json("{'input':['One ship','another'],'dimensions':2,'encoding_format':'base64'}"));
    assertEquals("AAAAPwAAgL8=", base64.body().at("/data/0/embedding").asText());
  }

  @Test
  void a_model_that_does_not_count_leaves_the_count_to_us() throws NotJson {
    gemini.replies(Reply.json(200, "{\"embeddings\":[{\"values\":[0,0,0,0,0,0,0,1]}]}"));
    assertNull(answered(json("{'input':'One ship'}")).usage());
  }

  @Test
  void another_number_or_length_of_vectors_is_no_answer() throws NotJson {
    for (String answer :
        List.of(
            "{}",
            "{\"embeddings\":[]}",
            "{\"embeddings\":[{\"values\":[1,2]}]}",
            "{\"embeddings\":[{\"values\":[0,0,0,0,0,0,0,\"1\"]}]}",
            "{\"embeddings\":[{")) {
      gemini.replies(Reply.json(200, answer));
      assertInstanceOf(Failure.BadAnswer.class, ask(json("{'input':'One ship'}")), answer);
    }
  }

  @Test
  void what_gemini_has_no_words_for_is_an_objection() throws NotJson {
    assertNull(dialect.objection(model, json("{'input':'x','dimensions':3}")));
    assertObjection("input", json("{'input':[1,2]}"));
    assertObjection("task", json("{'input':'x','task':'search'}"));
    ObjectNode many = json("{}");
    for (int i = 0; i < 101; i++) {
      many.withArray("input").add("text " + i);
    }
    assertObjection("input", many);
  }

  @Test
  void anthropic_has_no_words_for_vectors_at_all() {
    var anthropic = new AnthropicDialect(transport, CONFIG, Map.of(), InstantSource.system());
    Assertions.assertFalse(anthropic.serves(model));
  }

  private void assertObjection(String param, ObjectNode body) {
    Objection objection = dialect.objection(model, body);
    assertNotNull(objection);
    assertEquals(param, objection.param());
    assertEquals(Objection.UNSUPPORTED, objection.code());
  }

  private Completion answered(ObjectNode body) {
    return assertInstanceOf(CallOutcome.Answered.class, ask(body)).completion();
  }

  private CallOutcome ask(ObjectNode body) {
    return dialect.ask(new Question("a-1", model, body, Deadline.in(Duration.ofSeconds(10))));
  }

  private static ObjectNode json(String text) throws NotJson {
    return Json.parseObject(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
