package dev.flotilla.local.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flotilla.learning.BadData;
import dev.flotilla.learning.gain.GainFile;
import dev.flotilla.learning.gain.MeasuredGain;
import dev.flotilla.learning.tasktype.TaskTypeFile;
import dev.flotilla.local.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearningDeskTest {
  private static final Path SEEDS = Path.of("..", "learning", "data", "seeds.jsonl");

  @TempDir Path tree;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private LearningDesk desk;

  @BeforeEach
  void aTreeWithSeeds() throws Exception {
    Files.createDirectories(tree.resolve("config"));
    Files.createDirectories(tree.resolve("learning/data"));
    Files.copy(SEEDS, tree.resolve("learning/data/seeds.jsonl"));
    desk =
        new LearningDesk(
            tree, new Terminal(new PrintStream(said, true, StandardCharsets.UTF_8), false));
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void training_writes_a_model_that_says_what_it_was_made_of() throws Exception {
    desk.trainClassifier(data());
    var model = TaskTypeFile.read(tree.resolve("config/task-types.model"));
    assertTrue(model.trainedOn().startsWith("few.jsonl (40 prompts, sha256:"), model::trainedOn);
    assertTrue(said().contains(model.trainedOn()), this::said);
  }

  @Test
  void judging_prints_a_table_or_json() throws Exception {
    desk.evalClassifier(data(), true);
    JsonNode json = new ObjectMapper().readTree(said());
    assertEquals(200, json.at("/five_folds/prompts").asInt(), this::said);
    assertEquals(40, json.at("/source_left_out/prompts").asInt(), this::said);
    assertTrue(json.path("decision_p99_us").asLong() > 0, this::said);
    said.reset();
    desk.evalClassifier(data(), false);
    assertTrue(said().contains("each source, without our seeds"), this::said);
    assertTrue(said().contains("A decision takes"), this::said);
  }

  @Test
  void recorded_answers_are_judged_beside_chance() throws Exception {
    desk.evalRouting(pairs(40), true);
    JsonNode json = new ObjectMapper().readTree(said());
    assertEquals("large", json.path("strong").asText());
    assertTrue(json.at("/five_folds/apgr").asDouble() > 0.6, this::said);
    assertEquals(0.5, json.at("/random/apgr").asDouble(), 0.1, this::said);
    assertTrue(json.path("few_labels").isNull(), this::said);
    assertTrue(json.path("decision_p99_us").asLong() > 0, this::said);
  }

  @Test
  void a_gain_router_is_written_with_what_it_kept_and_the_same_from_the_same() throws Exception {
    Path file = tree.resolve("config/standard.gain");
    desk.trainGain(pairs(60), file);
    MeasuredGain gain = GainFile.read(file);
    assertEquals("small", gain.weak());
    assertEquals("large", gain.strong());
    assertTrue(gain.trainedOn().startsWith("pairs.jsonl (60 prompts, sha256:"), gain::trainedOn);
    assertTrue(said().contains(gain.trainedOn()), this::said);
    assertTrue(said().lines().anyMatch(line -> line.matches(" *0 % +2.000 +50.0 %")), this::said);
    assertTrue(gain.gain("the integral of 99") > gain.gain("the capital of 98"));
    Path again = tree.resolve("config/again.gain");
    desk.trainGain(pairs(60), again);
    assertEquals(-1, Files.mismatch(file, again));
  }

  @Test
  void a_gain_router_that_cannot_be_made_is_refused_with_what_to_do() throws Exception {
    Path file = tree.resolve("config/standard.gain");
    Path few = pairs(10);
    var tooFew = assertThrows(BadData.class, () -> desk.trainGain(few, file));
    assertTrue(String.valueOf(tooFew.getMessage()).contains("pairs.jsonl: there are 10 prompts"));
    var none = assertThrows(BadData.class, () -> desk.trainGain(tree.resolve("none"), file));
    assertTrue(String.valueOf(none.getMessage()).contains("\"scores\""), none::toString);
    Path enough = pairs(60);
    var nowhere =
        assertThrows(
            IOException.class, () -> desk.trainGain(enough, tree.resolve("nowhere/a.gain")));
    assertTrue(String.valueOf(nowhere.getMessage()).contains("folder that exists"));
  }

  /** Of two prompts one needs the large model. */
  private Path pairs(int prompts) throws IOException {
    var lines = new StringBuilder();
    for (int i = 0; i < prompts; i++) {
      lines.append(
          "{\"prompt\": \"%s %d\", \"scores\": {\"small\": %d, \"large\": 1}}\n"
              .formatted(i % 2 == 0 ? "the capital of" : "the integral of", i / 2, 1 - i % 2));
    }
    return Files.writeString(tree.resolve("pairs.jsonl"), lines);
  }

  @Test
  void a_file_that_cannot_be_learned_from_is_refused_with_what_to_write() throws Exception {
    var none = assertThrows(BadData.class, () -> desk.trainClassifier(tree.resolve("none")));
    assertTrue(String.valueOf(none.getMessage()).contains("\"label\""), none::toString);
    Path odd =
        Files.writeString(tree.resolve("odd.jsonl"), "{\"prompt\":\"x\",\"label\":\"hard\"}");
    var label = assertThrows(BadData.class, () -> desk.evalClassifier(odd, false));
    assertTrue(String.valueOf(label.getMessage()).contains("complex, standard"), label::toString);
  }

  /** Ten prompts of each kind from two sources, unlike the seeds. */
  private Path data() throws Exception {
    var lines = new StringBuilder();
    String[][] kinds = {
      {"complex", "Prove the lemma about lattice"},
      {"standard", "What is the colour of planet"},
      {"structured", "Extract the names as JSON from letter"},
      {"bulk", "Translate into Danish sentence"}
    };
    for (int i = 0; i < 40; i++) {
      lines.append(
          "{\"prompt\": \"%s %s\", \"label\": \"%s\", \"source\": \"%s#%d\"}\n"
              .formatted(
                  kinds[i % 4][1],
                  "abcdefghij".charAt(i / 4),
                  kinds[i % 4][0],
                  i < 20 ? "a" : "b",
                  i));
    }
    return Files.writeString(tree.resolve("few.jsonl"), lines);
  }
}
