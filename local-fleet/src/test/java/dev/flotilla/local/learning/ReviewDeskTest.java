package dev.flotilla.local.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flotilla.learning.BadData;
import dev.flotilla.local.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReviewDeskTest {
  @TempDir Path folder;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final ReviewDesk desk =
      new ReviewDesk(new Terminal(new PrintStream(said, true, StandardCharsets.UTF_8), false));

  @Test
  void every_way_of_combining_is_printed_beside_single_reviewers() throws Exception {
    record();
    desk.eval(folder, false);
    String text = said.toString(StandardCharsets.UTF_8);
    for (String way :
        new String[] {
          "mean single reviewer",
          "best single reviewer (sharp)",
          "union",
          "majority",
          "quorum",
          "two-of-three",
          "unanimous",
          "any-blocker",
          "weighted",
          "learned"
        }) {
      assertTrue(text.lines().anyMatch(line -> line.startsWith(way + " ")), way + " in " + text);
    }
    assertTrue(text.startsWith("3 pull requests of r0, r1, r2 with 3 issues"), text);
  }

  @Test
  void json_has_the_same_for_programs() throws Exception {
    record();
    desk.eval(folder, true);
    JsonNode json = new ObjectMapper().readTree(said.toString(StandardCharsets.UTF_8));
    assertEquals(3, json.path("requests").asInt());
    assertEquals(3, json.path("issues").asInt());
    JsonNode sharp = json.path("singles").path(0);
    assertEquals("sharp", sharp.path("name").asText());
    assertEquals(1.0, sharp.path("mean").path("strict_f1").asDouble());
    assertEquals(0.01, sharp.path("usd_per_accepted").asDouble(), 1e-9);
    assertTrue(sharp.path("by_judge").has("j") && sharp.path("by_judge").has("k"));
    assertEquals(10, json.path("rows").size());
    JsonNode learned = json.path("rows").path(9);
    assertTrue(learned.path("chosen").path("r1").path("merge_at").asDouble() > 0);
    assertTrue(learned.path("strict_f1").path("to").asDouble() <= 1);
  }

  @Test
  void a_folder_without_the_files_is_refused_with_a_remedy() {
    var refused = assertThrows(BadData.class, () -> desk.eval(folder, false));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("golden.jsonl and findings.jsonl"),
        refused::toString);
  }

  /**
   * Three pull requests, two judges, three reviewers: one is right, one half of the time, one
   * never.
   */
  private void record() throws IOException {
    var golden = new StringBuilder();
    var findings = new StringBuilder();
    String line =
        "{\"judge\": \"%s\", \"pr\": \"p%d\", \"repo\": \"r%d\", \"tool\": \"%s\", \"text\": \"%s\","
            + " \"label\": \"%s\", \"golden\": %s, \"cost_usd\": 0.01}\n";
    for (int i = 0; i < 3; i++) {
      golden.append(
          "{\"pr\": \"p%d\", \"repo\": \"r%d\", \"golden\": [{\"id\": 4}]}\n".formatted(i, i));
      for (String judge : new String[] {"j", "k"}) {
        String right = "the index of the list is wrong";
        findings.append(line.formatted(judge, i, i, "sharp", right, "tp", "[4]"));
        findings.append(line.formatted(judge, i, i, "fair", "wrong list index", "tp", "[4]"));
        findings.append(line.formatted(judge, i, i, "fair", "rename it", "fp", "[]"));
        findings.append(line.formatted(judge, i, i, "dull", "add more tests", "fp", "[]"));
      }
    }
    Files.writeString(folder.resolve("golden.jsonl"), golden);
    Files.writeString(folder.resolve("findings.jsonl"), findings);
  }
}
