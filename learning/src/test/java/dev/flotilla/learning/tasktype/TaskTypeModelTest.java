package dev.flotilla.learning.tasktype;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.learning.BadData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskTypeModelTest {
  private static final Path SEEDS = Path.of("data", "seeds.jsonl");
  private static final List<String> LABELS = List.of("complex", "standard", "structured", "bulk");

  @TempDir Path folder;

  @Test
  void what_was_written_says_the_same_when_it_is_read() throws Exception {
    List<LabelledPrompt> seeds = LabelledPrompt.read(SEEDS);
    TaskTypeModel model = new TaskTypeTraining(LABELS).train(seeds, List.of(), "our seeds");
    Path file = folder.resolve("a.model");
    TaskTypeFile.write(model, file);
    TaskTypeModel read = TaskTypeFile.read(file);
    assertEquals("our seeds", read.trainedOn());
    for (LabelledPrompt prompt : seeds) {
      var before = model.judge(prompt.prompt());
      var after = read.judge(prompt.prompt());
      assertEquals(before.confidence(), after.confidence(), 0.01, prompt::prompt);
      assertEquals(1, after.all().values().stream().mapToDouble(p -> p).sum(), 1e-9);
    }
  }

  @Test
  void the_shipped_model_is_what_the_training_makes_of_the_same_data_twice() throws Exception {
    List<LabelledPrompt> seeds = LabelledPrompt.read(SEEDS);
    Path one = folder.resolve("one");
    Path other = folder.resolve("other");
    TaskTypeFile.write(new TaskTypeTraining(LABELS).train(seeds, List.of(), "x"), one);
    TaskTypeFile.write(new TaskTypeTraining(LABELS).train(seeds, List.of(), "x"), other);
    assertEquals(-1, Files.mismatch(one, other));
  }

  @Test
  void withheld_prompts_are_judged_better_than_by_their_most_frequent_label() throws Exception {
    List<LabelledPrompt> seeds = LabelledPrompt.read(SEEDS);
    TaskTypeEvaluation evaluation = TaskTypeEvaluation.of(seeds, List.of(), LABELS);
    assertEquals(5 * seeds.size(), evaluation.crossValidated().prompts());
    assertTrue(evaluation.crossValidated().accuracy() > 0.6, evaluation::toString);
    assertTrue(evaluation.crossValidated().calibrationError() < 0.15, evaluation::toString);
    assertTrue(evaluation.decisions().micros(0.5) <= evaluation.decisions().micros(0.99));
  }

  @Test
  void figures_are_those_of_their_definitions() {
    var judged =
        Judged.of(
            List.of(
                new Judged.One("a", "a", 0.95),
                new Judged.One("a", "b", 0.55),
                new Judged.One("b", "b", 0.95),
                new Judged.One("b", "b", 0.55)),
            List.of("a", "b"));
    assertEquals(0.75, judged.accuracy(), 1e-9);
    // a: 2·1/(2+1), b: 2·2/(2+3).
    assertEquals((2.0 / 3 + 0.8) / 2, judged.macroF1(), 1e-9);
    // |1.9 − 2| and |1.1 − 1| of four.
    assertEquals(0.2 / 4, judged.calibrationError(), 1e-9);
    assertEquals(Map.of("a", 1, "b", 1), judged.confusion().get("a"));
  }

  @Test
  void a_line_that_is_wrong_is_named_with_what_to_write() throws IOException {
    var wrong = new ArrayList<String>();
    for (String line :
        List.of(
            "{",
            "[]",
            "{\"prompt\":1}",
            "{\"prompt\":\"x\"}",
            "{\"prompt\":\" \",\"label\":\"bulk\"}")) {
      Path file = Files.writeString(folder.resolve("bad.jsonl"), "\n" + line + "\n");
      wrong.add(
          String.valueOf(
              assertThrows(BadData.class, () -> LabelledPrompt.read(file)).getMessage()));
    }
    assertTrue(
        wrong.stream().allMatch(message -> message.contains("bad.jsonl:2: ")), wrong::toString);
    assertTrue(wrong.get(1).contains("JSON object"), wrong::toString);
    assertTrue(wrong.get(3).contains("'label' must be a string"), wrong::toString);
    Path empty = Files.writeString(folder.resolve("empty.jsonl"), "\n");
    assertThrows(BadData.class, () -> LabelledPrompt.read(empty));
  }
}
