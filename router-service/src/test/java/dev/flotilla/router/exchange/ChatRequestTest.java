package dev.flotilla.router.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.CatalogException;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.Requests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatRequestTest {
  private static final String MARKED =
      """
      {"model":"auto","cache_control":{"type":"ephemeral"},"messages":[
       {"role":"user","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}]},
       {"role":"assistant","content":"y","reasoning_details":[{"index":0}]}],
       "tools":[{"type":"function","cache_control":{"type":"ephemeral"},"function":{"name":"f",
        "parameters":{"properties":{"cache_control":{"type":"string"}}}}}]}
      """;

  @TempDir Path folder;

  @Test
  void marks_are_seen_by_anthropics_models_only() throws Exception {
    ChatRequest request = Requests.of(MARKED).withMarks();
    assertEquals(4, sent(request, model("anthropic")).findValues("cache_control").size());
    ObjectNode plain = sent(request, model("openai"));
    assertTrue(plain.path("cache_control").isMissingNode());
    assertEquals(
        "{\"type\":\"text\",\"text\":\"x\"}", Json.text(plain.at("/messages/0/content/0")));
    assertEquals("{\"role\":\"assistant\",\"content\":\"y\"}", Json.text(plain.at("/messages/1")));
    assertTrue(plain.at("/tools/0/cache_control").isMissingNode());
    assertTrue(
        plain.at("/tools/0/function/parameters/properties/cache_control").isObject(),
        "a parameter that is called so is none of ours");
    assertEquals(4, request.body().findValues("cache_control").size(), "the request is unchanged");
  }

  @Test
  void what_came_in_openais_words_goes_on_as_it_came() throws Exception {
    ChatRequest request = Requests.of(MARKED);
    ObjectNode expected = request.body().deepCopy().put("model", "openai/m");
    assertEquals(expected, sent(request, model("openai")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api_key",
        "base_url",
        "fallbacks",
        "extra_headers",
        "provider",
        "team",
        "mock_response",
        "litellm_metadata",
        "aws_secret_access_key",
        "x-flotilla-team"
      })
  void what_is_not_a_callers_to_say_is_refused_by_its_name(String name) {
    String more = "\"" + name + "\":\"x\",";
    for (String body :
        List.of(
            "{" + more + "\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
            "{" + more + "\"model\":\"pipeline/x\",\"messages\":[{\"role\":\"user\"}]}")) {
      var bad =
          assertInstanceOf(
              ChatRequest.Parsed.Bad.class,
              ChatRequest.parse(body.getBytes(StandardCharsets.UTF_8)));
      assertEquals(400, bad.error().status());
      assertEquals(name, bad.error().param());
      assertTrue(bad.error().message().startsWith("'" + name + "' "), bad.error().message());
    }
  }

  @Test
  void what_only_the_model_knows_goes_on() throws Exception {
    ChatRequest request =
        Requests.of(
            "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"name\":\"team\",\"content\":\"x\"}],\"verbosity\":\"low\",\"user\":\"u\",\"unheard_of\":{\"api_key\":\"k\"}}");
    assertEquals(
        request.body().deepCopy().put("model", "openai/m"), sent(request, model("openai")));
  }

  private static ObjectNode sent(ChatRequest request, Model model) throws NotJson {
    return request.bodyFor(model);
  }

  private Model model(String dialect) throws IOException, CatalogException {
    Files.writeString(
        folder.resolve(dialect + ".yaml"),
        """
        provider: %s
        dialect: %s
        base_url: http://127.0.0.1:1
        key_env: KEY
        models: [{name: m, upstream: m, family: f, prices: [{from: 2026-01-01, source: test, input: 1, cache_read: 1, output: 1}]}]
        """
            .formatted(dialect, dialect));
    return Catalog.read(folder, Set.of(dialect)).find(dialect + "/m").orElseThrow();
  }
}
