package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.TREE;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.testkit.Behaviour;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every program in examples/ works as it stands there. */
@ExtendWith(SharedFleet.class)
class ExamplesIT {
  private static final Path EXAMPLES = TREE.resolve("examples");

  private final FleetUnderTest fleet;

  ExamplesIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  void a_question_by_curl_is_answered_with_its_facts_in_the_headers() throws Exception {
    String out = curl("chat");
    assertTrue(out.startsWith("HTTP/1.1 200"), out);
    assertTrue(out.contains("x-model-used: alpha/m") && out.contains("x-cost-usd: 0.0000"), out);
    assertTrue(out.contains("\"word0 word1"), out);
  }

  @Test
  void a_stream_by_curl_ends_with_what_it_cost() throws Exception {
    List<String> events =
        curl("stream")
            .lines()
            .filter(l -> l.startsWith("data: "))
            .map(l -> l.substring(6))
            .toList();
    assertEquals("[DONE]", events.getLast());
    JsonNode last = json(events.get(events.size() - 2));
    assertTrue(last.at("/usage/cost").isNumber(), last.toString());
  }

  @Test
  void tools_and_schemas_by_curl_reach_the_model() throws Exception {
    fleet.alpha.always(Behaviour.says("{\"name\":\"Sindbad\",\"seats\":40}"));
    JsonNode answer = json(curl("json-schema"));
    assertEquals(40, json(answer.at("/choices/0/message/content").asText()).path("seats").asInt());
    curl("tools");
    JsonNode asked = json(fleet.alpha.lastRequest().body());
    assertEquals("next_ferry", asked.at("/tools/0/function/name").asText());
    assertEquals("required", asked.path("tool_choice").asText());
  }

  @Test
  void costs_and_the_story_of_a_request_by_curl() throws Exception {
    JsonNode story = json(curl("explain"));
    assertEquals("bulk", story.path("task_type").asText(), story.toString());
    assertEquals("alpha/m", story.path("model").asText());
    fleet.awaitRows("state = 'settled'", 1);
    JsonNode page = json(curl("costs"));
    assertTrue(page.findValuesAsText("model").contains("alpha/m"), page.toString());
  }

  @Test
  void the_openai_java_program_prints_an_answer_a_stream_and_a_mistake() throws Exception {
    String out = java("openai-java");
    assertTrue(out.startsWith("word0 word1"), out);
    assertTrue(out.contains("\nmodel: alpha/m\n") && out.contains("\ncost: 0.0000"), out);
    assertTrue(out.contains("\nstream: word0 word1"), out);
    assertTrue(out.contains("\nrefused: model_not_found, "), out);
  }

  @Test
  void the_langchain4j_program_prints_an_answer_a_stream_and_a_mistake() throws Exception {
    String out = java("langchain4j");
    assertTrue(out.startsWith("word0 word1"), out);
    assertTrue(out.contains("\nmodel: alpha/m\n"), out);
    assertTrue(out.contains("\nstream: word0 word1"), out);
    assertTrue(out.contains("\nrefused: ") && out.contains("model_not_found"), out);
  }

  @Test
  void no_program_is_there_that_nobody_runs() throws IOException {
    var found = new TreeSet<String>();
    try (Stream<Path> files = Files.walk(EXAMPLES)) {
      files
          .map(file -> EXAMPLES.relativize(file).toString())
          .filter(name -> name.endsWith(".sh") || name.endsWith(".java"))
          .forEach(found::add);
    }
    assertEquals(
        Set.of(
            "curl/chat.sh",
            "curl/stream.sh",
            "curl/tools.sh",
            "curl/json-schema.sh",
            "curl/costs.sh",
            "curl/explain.sh",
            "openai-java/src/main/java/Ask.java",
            "langchain4j/src/main/java/Ask.java"),
        found);
  }

  private String curl(String name) throws Exception {
    return run(List.of(EXAMPLES.resolve("curl/" + name + ".sh").toString()));
  }

  /** Java compiles and runs a single file at once. */
  private String java(String folder) throws Exception {
    return run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            EXAMPLES.resolve(folder + "/src/main/java/Ask.java").toString()));
  }

  private String run(List<String> command) throws Exception {
    Path errors = Files.createTempFile("example", ".err");
    var builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().put("FLOTILLA_URL", fleet.fleet.url().toString());
    builder.environment().put("FLOTILLA_KEY", KEY);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), command.getLast() + out + Files.readString(errors));
    Files.delete(errors);
    return out;
  }
}
