package dev.flotilla.provider.dialect.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.json.Json;
import dev.flotilla.provider.TestCatalog;
import dev.flotilla.provider.dialect.CallOutcome;
import dev.flotilla.provider.dialect.Completion;
import dev.flotilla.provider.dialect.Dialect;
import dev.flotilla.provider.dialect.DialectContract;
import dev.flotilla.provider.dialect.Question;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatorDialectTest extends DialectContract {
  private static final Duration SLOWNESS = Duration.ofMillis(60);

  @TempDir Path folder;
  private final Dialect dialect =
      new SimulatorDialect(
          new SimulatorConfig(Duration.ofSeconds(5), SLOWNESS, Duration.ofMillis(1)),
          InstantSource.fixed(Instant.EPOCH));

  @Override
  protected Dialect dialect() {
    return dialect;
  }

  @Override
  protected @Nullable JsonNode lastSent() {
    return null;
  }

  @Override
  protected Model modelIn(Trouble trouble) {
    return model(
        switch (trouble) {
          case NONE -> "sim/fast";
          case RATE_LIMITED -> "sim/fast:429";
          case SERVER_ERROR -> "sim/fast:500";
          case HANGS -> "sim/fast:timeout";
          case BAD_JSON -> "sim/fast:badjson";
          case CUT -> "sim/fast:cut";
        });
  }

  @Test
  void nobody_can_take_its_words_for_a_models() {
    assertTrue(answer(question("Which ships?", false)).text().startsWith("[simulated] "));
  }

  @Test
  void the_same_question_gets_the_same_answer_and_another_one_another() {
    var first = answer(question("Which ships reached the harbour?", false));
    assertEquals(first.body(), answer(question("Which ships reached the harbour?", false)).body());
    assertNotEquals(first.text(), answer(question("Which trains were late?", false)).text());
  }

  @Test
  void a_slow_model_waits_before_it_answers() {
    long begun = System.nanoTime();
    dialect.ask(new Question("a", model("sim/fast:slow"), question("hello", false), in(PATIENCE)));
    assertTrue(System.nanoTime() - begun >= SLOWNESS.toNanos());
  }

  @Test
  void a_failure_nobody_knows_is_no_model() {
    assertFalse(dialect.serves(model("sim/fast:explode")));
    assertTrue(dialect.serves(model("sim/fast:slow")));
  }

  @Test
  void json_mode_gets_a_json_object() throws Exception {
    ObjectNode body = question("List the ships", false);
    body.putObject("response_format").put("type", "json_object");
    assertTrue(Json.parse(answer(body).text()).isObject());
  }

  @Test
  void a_function_is_called_when_the_request_insists() throws Exception {
    ObjectNode body = question("What is the weather?", false).put("tool_choice", "required");
    ObjectNode function = body.putArray("tools").addObject().put("type", "function");
    function
        .putObject("function")
        .put("name", "weather")
        .set(
            "parameters",
            Json.parse(
                """
                {"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""));
    Completion c = answer(body);
    assertEquals("tool_calls", c.finishReason());
    var call = c.body().at("/choices/0/message/tool_calls/0/function");
    assertEquals("weather", call.path("name").asText());
    assertTrue(Json.parse(call.path("arguments").asText()).has("city"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        {"type":"object","additionalProperties":false,"required":["verdict","score","issues"],
         "properties":{"verdict":{"enum":["approve","reject"]},"score":{"type":"integer","minimum":1,"maximum":5},
         "issues":{"type":"array","minItems":1,"maxItems":3,"items":{"type":"object","required":["line","text"],
         "properties":{"line":{"type":"integer","exclusiveMinimum":0},"text":{"type":"string","minLength":30}}}}}}""",
        """
        {"type":"object","properties":{"ratio":{"type":"number","minimum":0.1,"maximum":0.2,"multipleOf":0.05},
         "even":{"type":"integer","multipleOf":2,"minimum":3,"maximum":9},"narrow":{"type":"number","exclusiveMinimum":1,"exclusiveMaximum":1.1},
         "maybe":{"type":["string","null"]},"none":{"type":"null"},"yes":{"const":true},"short":{"type":"string","maxLength":4}},
         "required":["ratio","even","narrow","maybe","none","yes","short"]}""",
        """
        {"$defs":{"node":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},
         "next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]},"children":{"type":"array","items":{"$ref":"#/$defs/node"}}}}},
         "$ref":"#/$defs/node"}""",
        """
        {"allOf":[{"type":"object","properties":{"a":{"type":"boolean"}},"required":["a"]},
         {"properties":{"b":{"type":"string","format":"date"}},"required":["b"]}]}""",
        """
        {"type":"array","uniqueItems":true,"minItems":2,"items":{"enum":["x","y","z"]}}""",
        """
        {"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}],"items":false}""",
        """
        {"type":"object","required":["at","id","mail"],"properties":{"at":{"type":"string","format":"date-time"},
         "id":{"type":"string","format":"uuid"},"mail":{"type":"string","format":"email"}}}"""
      })
  void an_instance_fits_the_schema_that_was_asked_for(String schema) throws Exception {
    ObjectNode body = question("Review the change", false);
    ObjectNode format = body.putObject("response_format").put("type", "json_schema");
    format.putObject("json_schema").put("name", "it").set("schema", Json.parse(schema));
    String instance = answer(body).text();
    var errors =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(schema, InputFormat.JSON)
            .validate(
                instance,
                InputFormat.JSON,
                context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
    assertTrue(errors.isEmpty(), () -> instance + " " + errors);
  }

  private Completion answer(ObjectNode body) {
    var outcome = dialect.ask(new Question("a", model("sim/fast"), body, in(PATIENCE)));
    return assertInstanceOf(CallOutcome.Answered.class, outcome).completion();
  }

  private Model model(String id) {
    Catalog catalog = TestCatalog.of(folder, "http://127.0.0.1:1/v1");
    return catalog.find(id).orElseThrow();
  }
}
