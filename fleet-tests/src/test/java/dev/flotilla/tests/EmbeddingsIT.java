package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.OTHER_KEY;
import static dev.flotilla.tests.FleetUnderTest.VECTORS_KEY;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Vectors for programs written with OpenAI's SDK or LangChain4j, and what they cost. */
@ExtendWith(SharedFleet.class)
class EmbeddingsIT {
  private static final String PATH = "/v1/embeddings";

  private final FleetUnderTest fleet;
  private final OpenAIClient openAi;

  EmbeddingsIT(FleetUnderTest fleet) {
    this.fleet = fleet;
    this.openAi =
        OpenAIOkHttpClient.builder()
            .baseUrl(fleet.baseUrl().toString())
            .apiKey(KEY)
            .maxRetries(0)
            .build();
  }

  @AfterEach
  void close() {
    openAi.close();
  }

  @Test
  void openai_java_gets_a_vector_for_each_text() {
    CreateEmbeddingResponse answer =
        openAi
            .embeddings()
            .create(params().inputOfArrayOfStrings(List.of("openai-java", "embeds")).build());
    assertEquals(2, answer.data().size());
    assertEquals(8, answer.data().getFirst().embedding().size());
    assertEquals("alpha/e", answer.model());
    assertTrue(answer.usage().promptTokens() > 0);
    assertTrue(answer.usage()._additionalProperties().containsKey("cost"));
    answer.validate();
    JsonNode asked = json(fleet.alpha.lastRequest().body());
    assertEquals("embed-test", asked.path("model").asText());
    assertEquals("base64", asked.path("encoding_format").asText(), "openai-java asks for it");
    // The same as numbers.
    JsonNode numbers =
        json(post(KEY, "{\"model\":\"alpha/e\",\"input\":[\"openai-java\",\"embeds\"]}").body());
    for (int i = 0; i < 8; i++) {
      assertEquals(
          numbers.at("/data/1/embedding/" + i).floatValue(),
          answer.data().get(1).embedding().get(i));
    }
  }

  @Test
  void token_numbers_and_fewer_dimensions_are_passed_on() {
    CreateEmbeddingResponse answer =
        openAi
            .embeddings()
            .create(
                params()
                    .inputOfArrayOfTokenArrays(List.of(List.of(1L, 2L), List.of(3L)))
                    .dimensions(4)
                    .build());
    assertEquals(4, answer.data().get(1).embedding().size());
    assertEquals(3, answer.usage().promptTokens());
  }

  @Test
  void langchain4j_gets_vectors_too() {
    var model =
        OpenAiEmbeddingModel.builder()
            .baseUrl(fleet.baseUrl().toString())
            .apiKey(KEY)
            .modelName("alpha/e")
            .build();
    var answer =
        model.embedAll(List.of(TextSegment.from("LangChain4j"), TextSegment.from("embeds")));
    assertEquals(2, answer.content().size());
    assertEquals(8, answer.content().getFirst().dimension());
    assertTrue(answer.tokenUsage().inputTokenCount() > 0);
  }

  @Test
  void the_facts_are_in_headers_as_on_chat_and_in_the_ledger_to_the_nano_dollar() throws Exception {
    String text = "Facts about vectors ".repeat(40);
    HttpResponse<String> answer =
        post(
            KEY,
            "{\"model\":\"alpha/e\",\"input\":\""
                + text
                + "\",\"metadata\":{\"feature\":\"search\"}}");
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("alpha/e", header(answer, "x-model-used"));
    assertEquals("alpha", header(answer, "x-provider"));
    assertEquals("MISS", header(answer, "x-cache"));
    assertEquals("0", header(answer, "x-fallback-count"));
    assertEquals("hint", header(answer, "x-routed-by"));
    assertFalse(header(answer, "server-timing").isEmpty());
    BigDecimal cost = new BigDecimal(header(answer, "x-cost-usd"));
    long tokens = json(answer.body()).at("/usage/prompt_tokens").asLong();
    assertEquals(200, tokens);
    assertEquals(
        0,
        cost.compareTo(
            new BigDecimal("0.14").movePointLeft(6).multiply(BigDecimal.valueOf(tokens))));
    assertEquals(cost, json(answer.body()).at("/usage/cost").decimalValue().stripTrailingZeros());
    String request = header(answer, "x-request-id");
    fleet.awaitRows(
        "request_id = '%s' and state = 'settled' and origin = 'embeddings' and cost_nanos = 28000 and price_check = 'ok'"
            .formatted(request),
        1);
    fleet.awaitRows(
        "cost.decision",
        "request_id = '%s' and origin = 'embeddings' and outcome = 'success'".formatted(request),
        1);
    assertEquals(
        "alpha/e",
        fleet.get(KEY, "/v1/requests/" + request).at("/attempts/0/model").asText(),
        "the story of the request");
    assertTrue(
        fleet.metric(
                Service.ROUTER,
                "llm_router_requests_total",
                "origin=\"embeddings\"",
                "outcome=\"success\"")
            > 0);
  }

  @Test
  void without_v1_it_answers_as_well() {
    assertEquals(
        200,
        fleet.post(KEY, "/embeddings", "{\"model\":\"alpha/e\",\"input\":\"x\"}").statusCode());
  }

  @Test
  void a_kept_answer_costs_nothing_and_belongs_to_one_team() {
    String body = "{\"model\":\"alpha/e\",\"input\":\"Kept vectors\"}";
    HttpResponse<String> first = post(KEY, body);
    HttpResponse<String> again = post(KEY, body);
    // A busy machine's Redis may be late, and then an answer is not kept: asked again, it is.
    for (int i = 0; i < 50 && !header(again, "x-cache").equals("HIT"); i++) {
      again = post(KEY, body);
    }
    assertEquals("HIT", header(again, "x-cache"));
    long asked = fleet.alpha.requests();
    assertEquals("HIT", header(post(KEY, body), "x-cache"));
    assertEquals("0", header(again, "x-cost-usd"));
    assertEquals(json(first.body()).path("data"), json(again.body()).path("data"));
    assertEquals(asked, fleet.alpha.requests());
    assertEquals("MISS", header(post(OTHER_KEY, body), "x-cache"));
    assertEquals(asked + 1, fleet.alpha.requests());
    assertEquals(
        "MISS",
        header(post(KEY, body.replace("\"input\"", "\"dimensions\":4,\"input\"")), "x-cache"));
  }

  @Test
  void a_fallback_stays_in_the_space_and_is_told() {
    fleet.alpha.always(Behaviour.status(500));
    HttpResponse<String> answer =
        post(
            KEY,
            "{\"model\":\"alpha/e\",\"models\":[\"beta/e\"],\"input\":\"Fall back within the space\"}");
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("beta/e", header(answer, "x-model-used"));
    assertEquals("1", header(answer, "x-fallback-count"));
    assertEquals("server_error", header(answer, "x-fallback-reason"));
    fleet.alpha.always(Behaviour.ok());
    long asked = fleet.alpha.requests() + fleet.beta.requests();
    var forbidden =
        assertThrows(
            BadRequestException.class,
            () ->
                openAi
                    .embeddings()
                    .create(
                        params()
                            .input("Leave the space")
                            .putAdditionalBodyProperty(
                                "models", JsonValue.from(List.of("beta/beta-only")))
                            .build()));
    assertEquals("models[0]", forbidden.param().orElseThrow());
    assertTrue(
        String.valueOf(forbidden.getMessage()).contains("cannot be compared"),
        forbidden.getMessage());
    assertTrue(forbidden.body().toString().contains("router"), forbidden.body().toString());
    HttpResponse<String> header =
        post(
            KEY,
            "{\"model\":\"alpha/e\",\"input\":\"Leave the space\"}",
            "x-fallbacks",
            "alpha/alpha-only");
    assertEquals(400, header.statusCode(), header.body());
    assertEquals("fallbacks[0]", json(header.body()).at("/error/param").asText());
    assertEquals(asked, fleet.alpha.requests() + fleet.beta.requests(), "nobody was asked");
  }

  @Test
  void who_converses_makes_no_vectors_and_the_other_way() {
    var chat = post(KEY, "{\"model\":\"alpha/m\",\"input\":\"x\"}");
    assertEquals(400, chat.statusCode(), chat.body());
    assertEquals("model", json(chat.body()).at("/error/param").asText());
    assertEquals("unsupported_parameter", json(chat.body()).at("/error/code").asText());
    assertEquals(400, post(KEY, "{\"model\":\"auto\",\"input\":\"x\"}").statusCode());
    var vectors = fleet.chat(FleetUnderTest.ask("alpha/e", "x"));
    assertEquals(400, vectors.statusCode(), vectors.body());
    assertEquals("model", json(vectors.body()).at("/error/param").asText());
    assertEquals("router", json(vectors.body()).at("/error/source").asText());
    JsonNode model = fleet.get(KEY, "/v1/models/alpha/e");
    assertEquals("embedding", model.path("kind").asText());
    assertEquals("test-1", model.path("vector_space").asText());
  }

  @Test
  void what_is_wrong_is_a_400_with_its_place() {
    for (String wrong :
        List.of(
            "{\"model\":\"alpha/e\"}",
            "{\"model\":\"alpha/e\",\"input\":[]}",
            "{\"model\":\"alpha/e\",\"input\":[\"x\",1]}",
            "{\"model\":\"alpha/e\",\"input\":\"x\",\"dimensions\":9}",
            "{\"model\":\"alpha/e\",\"input\":\"x\",\"encoding_format\":\"int8\"}",
            "{\"model\":\"alpha/alpha-only\",\"input\":[1,2]}",
            "{\"model\":\"alpha/e\",\"input\":")) {
      HttpResponse<String> refused = post(KEY, wrong);
      assertEquals(400, refused.statusCode(), wrong);
      JsonNode error = json(refused.body()).path("error");
      assertEquals("router", error.path("source").asText(), wrong);
      assertFalse(error.path("message").asText().isEmpty(), wrong);
    }
  }

  @Test
  void everybody_failing_is_told_with_the_attempts_and_what_is_unknown_is_in_the_ledger()
      throws Exception {
    fleet.alpha.always(Behaviour.hangUp());
    var failed =
        assertThrows(
            InternalServerException.class,
            () -> openAi.embeddings().create(params().input("Nobody answers").build()));
    assertEquals(503, failed.statusCode());
    assertEquals("all_providers_failed", failed.code().orElseThrow());
    String request = failed.headers().values("x-request-id").getFirst();
    fleet.awaitRows(
        "request_id = '" + request + "' and state = 'unknown' and cost_nanos is null", 1);
  }

  @Test
  void a_key_has_its_limits_here_too() {
    String body = "{\"model\":\"alpha/e\",\"input\":\"Limited\"}";
    HttpResponse<String> first = post(VECTORS_KEY, body);
    assertEquals(200, first.statusCode(), first.body());
    assertEquals("1", header(first, "x-ratelimit-limit-requests"));
    HttpResponse<String> second = post(VECTORS_KEY, body);
    assertEquals(429, second.statusCode());
    assertEquals("rate_limit_exceeded", json(second.body()).at("/error/code").asText());
  }

  @Test
  void the_simulator_embeds_for_nothing_real_and_texts_alike_are_near() {
    HttpResponse<String> answer =
        post(
            KEY,
            "{\"model\":\"sim-north/embedding\",\"input\":[\"ships in the harbour\",\"which ships are in the harbour\",\"late trains\"]}");
    assertEquals("true", header(answer, "x-simulated"));
    JsonNode data = json(answer.body()).path("data");
    assertTrue(product(data, 0, 1) > product(data, 0, 2) + 0.3, answer.body());
    HttpResponse<String> fallen =
        post(
            KEY,
            "{\"model\":\"sim-north/embedding:500\",\"models\":[\"sim-south/embedding\"],\"input\":\"x\"}");
    assertEquals("sim-south/embedding", header(fallen, "x-model-used"));
  }

  private static double product(JsonNode data, int one, int other) {
    double product = 0;
    for (int i = 0; i < data.path(one).path("embedding").size(); i++) {
      product +=
          data.at("/" + one + "/embedding/" + i).asDouble()
              * data.at("/" + other + "/embedding/" + i).asDouble();
    }
    return product;
  }

  private static EmbeddingCreateParams.Builder params() {
    return EmbeddingCreateParams.builder().model("alpha/e");
  }

  private HttpResponse<String> post(String key, String body, String... headers) {
    var request =
        HttpRequest.newBuilder(fleet.fleet.url().resolve(PATH))
            .header("authorization", "Bearer " + key)
            .header("content-type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      return fleet.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
