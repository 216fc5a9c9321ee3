package dev.flotilla.local.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

class PromptRunTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final Terminal out =
      new Terminal(new PrintStream(printed, true, StandardCharsets.UTF_8), false);

  @Test
  void prompts_are_counted_under_the_task_type_that_was_chosen() throws Exception {
    try (var router = new FakeRouter()) {
      assertTrue(
          new PromptRun(router.client(), out)
              .run(
                  List.of(
                      new LabelledPrompt("1", "Translate this", "bulk"),
                      new LabelledPrompt("2", "Translate that", "standard"),
                      new LabelledPrompt("3", "Design a dam", "complex"),
                      new LabelledPrompt("4", "Design a dam", "complex")),
                  true));
    }
    var document = RouterClient.JSON.readTree(printed.toByteArray());
    var bulk = document.path("task_types").path(0);
    assertEquals("bulk", bulk.path("task_type").asText());
    assertEquals(2, bulk.path("requests").asInt());
    assertEquals(1, bulk.path("agreed").asInt());
    assertEquals("0.0000426", bulk.path("cost").asText());
    assertEquals(2, bulk.path("models").path("sim-north/fast").asInt());
    var complex = document.path("task_types").path(1);
    assertEquals(1, complex.path("cache_hits").asInt());
    assertEquals(3, document.path("total").path("agreed").asInt());
    assertEquals("2", document.path("requests").path(1).path("id").asText());
  }

  @Test
  void a_prompt_without_an_answer_fails_the_run_and_is_named() throws Exception {
    try (var router = new FakeRouter()) {
      assertFalse(
          new PromptRun(router.client(), out)
              .run(List.of(new LabelledPrompt("7", "something forbidden", "")), false));
    }
    var text = printed.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("failed 7: 403 this key may not"), text);
  }

  @Test
  void our_own_prompts_are_labelled_evenly() throws IOException {
    var prompts = PromptFile.read(Path.of("..", "examples", "prompts.jsonl"));
    for (var label : List.of("bulk", "structured", "standard", "complex")) {
      assertEquals(6, prompts.stream().filter(prompt -> prompt.label().equals(label)).count());
    }
  }

  @Test
  void a_line_that_is_no_json_is_named_with_its_number(@TempDir Path directory) throws IOException {
    var file = directory.resolve("mine.jsonl");
    Files.writeString(file, "{\"prompt\":\"hello\"}\n\nhello\n");
    var refusal = assertThrows(IOException.class, () -> PromptFile.read(file));
    assertTrue(String.valueOf(refusal.getMessage()).startsWith(file + " line 3 is not JSON"));
  }
}
