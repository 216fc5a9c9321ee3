package dev.flotilla.learning.gain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.learning.BadData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GainEvaluationTest {
  @TempDir Path folder;

  private static Withheld foretold(double gain, double foretold) {
    return new Withheld(new RecordedPair("x", 0, gain), foretold);
  }

  @Test
  void the_figures_are_those_of_their_definitions() {
    // The best order: the gap is closed when half of the prompts went to the strong model.
    var best =
        GainCurve.of(List.of(foretold(1, 4), foretold(1, 3), foretold(0, 2), foretold(0, 1)));
    assertEquals((0.25 + 0.75 + 1 + 1) / 4, best.apgr(), 1e-9);
    assertEquals(0.25, best.cpt50(), 1e-9);
    assertEquals(0.5, best.cpt80(), 1e-9);
    var worst =
        GainCurve.of(List.of(foretold(1, 1), foretold(1, 2), foretold(0, 3), foretold(0, 4)));
    assertEquals(1 - best.apgr(), worst.apgr(), 1e-9);
    assertEquals(0.75, worst.cpt50(), 1e-9);
  }

  @Test
  void a_subject_that_needs_the_stronger_model_is_found() {
    var random = new Random(5);
    var pairs = new ArrayList<RecordedPair>();
    String[] easy = {"river", "capital", "mountain", "island"};
    String[] hard = {"integral", "lattice", "homotopy", "tensor"};
    for (int i = 0; i < 200; i++) {
      boolean isHard = random.nextBoolean();
      String prompt =
          "What about the " + (isHard ? hard : easy)[random.nextInt(4)] + " number " + i + "?";
      pairs.add(
          new RecordedPair(
              prompt, isHard ? random.nextInt(2) : 1, random.nextInt(10) == 0 ? 0 : 1));
    }
    GainEvaluation evaluation = GainEvaluation.of(pairs);
    assertTrue(evaluation.crossValidated().apgr() > 0.65, evaluation::toString);
    assertEquals(0.5, evaluation.random().apgr(), 0.05);
    assertNull(evaluation.fewLabels());
    assertTrue(evaluation.decisions().micros(0.5) <= evaluation.decisions().micros(0.99));
  }

  @Test
  void a_file_says_which_model_is_the_stronger_one() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("pairs.jsonl"),
            """
            {"prompt": "a", "scores": {"big": 1, "small": 0}}
            {"prompt": "b", "scores": {"big": 1, "small": 1}, "contaminated": true}
            """);
    RecordedPair.Recorded recorded = RecordedPair.read(file);
    assertEquals("big", recorded.strong());
    assertEquals("small", recorded.weak());
    assertEquals(List.of(new RecordedPair("a", 0, 1)), recorded.pairs());
    assertEquals(1, recorded.leftOut());
  }

  @Test
  void a_line_with_other_models_is_refused() throws IOException {
    for (String line :
        List.of(
            "{\"prompt\": \"b\", \"scores\": {\"big\": 1, \"other\": 0}}",
            "{\"prompt\": \"b\", \"scores\": {\"big\": 1}}",
            "{\"prompt\": \"b\", \"scores\": {\"big\": 7, \"small\": 0}}")) {
      Path file =
          Files.writeString(
              folder.resolve("pairs.jsonl"),
              "{\"prompt\": \"a\", \"scores\": {\"big\": 1, \"small\": 0}}\n" + line);
      assertThrows(BadData.class, () -> RecordedPair.read(file));
    }
  }
}
