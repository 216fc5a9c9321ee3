package dev.flotilla.local.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flotilla.local.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineDeskTest {
  private static final Path CONFIGURATION = Path.of("../config");
  private static final Path CONTENT = CONFIGURATION.resolve("pipelines/content.yaml");

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Terminal terminal =
      new Terminal(new PrintStream(said, true, StandardCharsets.UTF_8), false);
  private final PipelineDesk desk = new PipelineDesk(CONFIGURATION, terminal, terminal);

  @TempDir Path folder;

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void without_files_those_we_ship_are_checked() throws IOException {
    assertTrue(desk.check(List.of()), said());
    assertTrue(said().contains("9 pipelines, 0 of them wrong"), said());
  }

  @Test
  void a_wrong_file_fails_with_line_place_and_suggestion() throws IOException {
    Path file = folder.resolve("typo.yaml");
    Files.writeString(
        file,
        """
        apiVersion: pipelines/v1
        name: typo
        steps:
          - {id: a, prompt: "{{ later }}"}
          - {id: later, teir: bulk, prompt: hello}
        result: a
        """);
    assertFalse(desk.check(List.of(file, CONTENT)));
    assertTrue(said().contains("FAIL " + file), said());
    assertTrue(
        said()
            .contains(
                "line 4, a.prompt: names 'later', which no earlier step produced; move step 'later'"
                    + " before this one"),
        said());
    assertTrue(said().contains("line 5, later.teir: there is no property 'teir' here"), said());
    assertTrue(said().contains("ok   " + CONTENT), said());
    assertTrue(said().contains("2 pipelines, 1 of them wrong"), said());
  }

  @Test
  void a_run_is_priced_for_its_input() throws IOException {
    String input = "{\"brand\": \"b\", \"theme\": \"tea\", \"channels\": [\"tiktok\"]}";
    assertTrue(desk.price(List.of(CONTENT), input, true), said());
    JsonNode one = new ObjectMapper().readTree(said());
    assertEquals("content", one.path("pipeline").asText());
    assertEquals(7, one.path("steps").size());
    assertTrue(one.at("/cost/highest").decimalValue().signum() > 0, said());
    said.reset();
    assertTrue(desk.price(List.of(CONTENT), null, false), said());
    assertTrue(said().contains("the run"), said());
    assertTrue(said().contains("Every provider of the catalogue is taken to be enabled."), said());
  }

  @Test
  void what_is_no_input_of_the_pipeline_is_refused_before_it_is_priced() throws IOException {
    assertFalse(desk.price(List.of(CONTENT), "{\"brand\": \"b\"}", false));
    assertTrue(said().contains("--input /"), said());
  }
}
