package dev.flotilla.router.embeddings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.Requests;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Hints;
import dev.flotilla.router.exchange.HintsReader;
import dev.flotilla.router.routing.Plan;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.routing.RoutePolicy.Planned;
import dev.flotilla.router.routing.RoutingFile;
import dev.flotilla.router.validation.Validation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests for vectors: what is refused, and who may be asked. */
class EmbeddingRequestTest {
  private static final Path CONFIG = Path.of("..", "config");

  private final Catalog catalog =
      Catalog.read(CONFIG.resolve("catalog"), Set.of("sim-north", "sim-south", "openai", "gemini"));
  private final Validation validation = new Validation();
  private final RoutePolicy policy =
      new RoutePolicy(
          catalog,
          RoutingFile.read(CONFIG.resolve("routing.yaml"), catalog, validation),
          validation);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "invalid_type          | input              | {}",
        "invalid_type          | input              | {'input':''}",
        "invalid_type          | input              | {'input':[]}",
        "invalid_type          | input              | {'input':{'text':'x'}}",
        "invalid_type          | input[1]           | {'input':['x','']}",
        "invalid_type          | input[1]           | {'input':['x',[1]]}",
        "invalid_type          | input              | {'input':[1,2.5]}",
        "invalid_type          | input              | {'input':[1,-2]}",
        "invalid_type          | input[1]           | {'input':[[1],[]]}",
        "invalid_type          | input[0]           | {'input':[{'text':'x'}]}",
        "invalid_type          | dimensions         | {'input':'x','dimensions':0}",
        "invalid_type          | dimensions         | {'input':'x','dimensions':'8'}",
        "invalid_type          | encoding_format    | {'input':'x','encoding_format':'int8'}",
        "invalid_type          | user               | {'input':'x','user':7}",
        "invalid_type          | model              | {'input':'x','model':7}",
        "unsupported_parameter | stream             | {'input':'x','stream':true}",
        "unsupported_parameter | route.task_type    | {'input':'x','route':{'task_type':'bulk'}}",
        "unsupported_parameter | route.validate     | {'input':'x','route':{'validate':{}}}",
        "unknown_parameter     | route.colour       | {'input':'x','route':{'colour':'red'}}",
      })
  void what_is_wrong_is_named(String code, String place, String body) throws NotJson {
    ApiError error = assertInstanceOf(ChatRequest.Parsed.Bad.class, parse(body)).error();
    assertEquals(place, error.param());
    assertEquals(code, error.code());
    assertEquals(400, error.status());
    assertEquals("router", error.source());
  }

  @Test
  void more_inputs_than_openai_takes_are_too_many() throws NotJson {
    var many = new StringBuilder("{'input':['x'");
    many.append(",'x'".repeat(2_048)).append("]}");
    ApiError error = assertInstanceOf(ChatRequest.Parsed.Bad.class, parse(many.toString())).error();
    assertTrue(error.message().contains("2049") && error.message().contains("2048"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"'x'", "['x','y']", "[1,2]", "[[1,2],[3]]"})
  void every_form_of_input_is_understood(String input) throws NotJson {
    assertEquals(
        List.of("openai/text-embedding-3-small"),
        ids("{'model':'text-embedding-3-small','input':" + input + "}"));
  }

  @Test
  void fallbacks_stay_in_the_space_of_the_model() throws NotJson {
    assertEquals(
        List.of("sim-north/embedding", "sim-south/embedding"),
        ids("{'model':'sim-north/embedding','models':['sim-south/embedding'],'input':'x'}"));
    assertEquals(
        List.of("sim-north/embedding", "sim-south/embedding"),
        ids("{'model':'sim-embedding','input':'x'}"));
    assertEquals(
        List.of("sim-north/embedding", "sim-south/embedding"),
        ids("{'model':'sim-north/embedding','route':{'fallbacks':['sim-embedding']},'input':'x'}"));
    ApiError models =
        refused("{'model':'sim-embedding','models':['text-embedding-3-small'],'input':'x'}");
    assertEquals("models[0]", models.param());
    assertTrue(models.message().contains("cannot be compared"), models.message());
    ApiError fallbacks =
        refused(
            "{'model':'text-embedding-3-small','route':{'fallbacks':['text-embedding-3-large']},'input':'x'}");
    assertEquals("fallbacks[0]", fallbacks.param());
    assertEquals("unsupported_parameter", fallbacks.code());
  }

  @Test
  void models_that_converse_make_no_vectors_and_the_other_way() throws NotJson {
    ApiError chat = refused("{'model':'sim-north/fast','input':'x'}");
    assertEquals("model", chat.param());
    assertEquals("unsupported_parameter", chat.code());
    assertEquals("model", refused("{'model':'auto','input':'x'}").param());
    assertEquals("model_not_found", refused("{'model':'nobody','input':'x'}").code());
    assertEquals(
        "models[0]", refused("{'model':'sim-embedding','models':['fast'],'input':'x'}").param());
    for (String field :
        List.of(
            "\"model\":\"sim-embedding\"", "\"model\":\"auto\",\"models\":[\"sim-embedding\"]")) {
      var request =
          Requests.of("{" + field + ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
      var refused =
          assertInstanceOf(Planned.Refused.class, policy.planFor(request, Requests.ANYBODY));
      assertEquals("unsupported_parameter", refused.error().code());
      assertTrue(String.valueOf(refused.error().param()).startsWith("model"));
      assertTrue(refused.error().message().contains("/v1/embeddings"));
    }
  }

  @Test
  void a_model_that_cannot_do_it_is_passed_over_or_named() throws NotJson {
    assertEquals(
        "dimensions",
        refused("{'model':'text-embedding-3-small','input':'x','dimensions':3072}").param());
    assertEquals(
        List.of("openai/text-embedding-3-large"),
        ids("{'model':'text-embedding-3-large','input':'x','dimensions':3072}"));
    assertEquals("input", refused("{'model':'gemini-embedding-001','input':[1]}").param());
    Caller south = Requests.caller("growth", "sim-south/*");
    assertEquals(
        List.of("sim-south/embedding"),
        plan("{'model':'sim-embedding','input':'x'}", south).candidates().stream()
            .map(Model::id)
            .toList());
    var nobody = policy.planFor(good("{'model':'text-embedding-3-small','input':'x'}"), south);
    assertEquals(
        "model_not_allowed", assertInstanceOf(Planned.Refused.class, nobody).error().code());
  }

  @Test
  void what_a_key_says_about_conversations_does_not_concern_vectors() throws Exception {
    Hints ofKey =
        HintsReader.route(
            json("{'task_type':'bulk','fallbacks':['fast'],'max_cost_usd':0.5}"), "route");
    var parsed =
        EmbeddingRequest.parse(
            json("{'model':'sim-embedding','input':'x'}"), name -> Optional.empty(), ofKey);
    Hints hints = assertInstanceOf(ChatRequest.Parsed.Good.class, parsed).request().hints();
    assertNull(hints.fallbacks());
    assertNull(hints.taskType());
    assertEquals(500_000_000L, hints.maxCostNanos());
  }

  @Test
  void vectors_and_words_are_told_apart() throws NotJson {
    ChatRequest request = good("{'model':'sim-embedding','input':'x','max_tokens':7}");
    assertTrue(request.embeds());
    assertEquals(0, request.maxTokens());
    assertNotEquals(request.operation(), Requests.asking("x").operation());
  }

  private List<String> ids(String body) throws NotJson {
    return plan(body, Requests.ANYBODY).candidates().stream().map(Model::id).toList();
  }

  private Plan plan(String body, Caller caller) throws NotJson {
    return assertInstanceOf(Planned.Ready.class, policy.planFor(good(body), caller)).plan();
  }

  private ApiError refused(String body) throws NotJson {
    return assertInstanceOf(Planned.Refused.class, policy.planFor(good(body), Requests.ANYBODY))
        .error();
  }

  private static ChatRequest good(String body) throws NotJson {
    return assertInstanceOf(ChatRequest.Parsed.Good.class, parse(body)).request();
  }

  private static ChatRequest.Parsed parse(String body) throws NotJson {
    ObjectNode asked = json(body);
    if (!asked.has("model")) {
      asked.put("model", "sim-embedding");
    }
    return EmbeddingRequest.parse(asked, name -> Optional.empty(), Hints.NONE);
  }

  private static ObjectNode json(String text) throws NotJson {
    return Json.parseObject(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
