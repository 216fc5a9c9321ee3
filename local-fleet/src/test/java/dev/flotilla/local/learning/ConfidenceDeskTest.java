package dev.flotilla.local.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flotilla.learning.BadData;
import dev.flotilla.learning.confidence.ConfidenceModel;
import dev.flotilla.local.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfidenceDeskTest {
  @TempDir Path tree;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private ConfidenceDesk desk() {
    return new ConfidenceDesk(
        tree, new Terminal(new PrintStream(said, true, StandardCharsets.UTF_8), false));
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void training_writes_a_model_and_says_what_can_be_accepted_with_it() throws Exception {
    Files.createDirectories(tree.resolve("config"));
    desk().train(audits());
    var model = ConfidenceModel.read(tree.resolve("config/confidence.model"));
    assertTrue(model.trainedOn().startsWith("audits.jsonl (1000 answers, sha256:"), this::said);
    assertTrue(said().contains("bulk acme/small: 1000 audited, 75.0 % good"), this::said);
    assertTrue(said().contains("accept can be [0.9"), this::said);
  }

  @Test
  void judging_prints_tables_or_json() throws Exception {
    desk().eval(audits(), true);
    JsonNode json = new ObjectMapper().readTree(said());
    assertEquals(1000, json.at("/all/answers").asInt(), this::said);
    assertTrue(json.at("/bulk acme~1small/auroc").asDouble() > 0.9, this::said);
    assertEquals(0.97, json.at("/all/gates/2/accept").asDouble());
    said.reset();
    desk().eval(audits(), false);
    assertTrue(said().contains("good of accepted"), this::said);
  }

  @Test
  void a_file_that_is_not_there_is_refused_with_what_to_write() {
    var none = assertThrows(BadData.class, () -> desk().train(tree.resolve("none")));
    assertTrue(String.valueOf(none.getMessage()).contains("\"features\""), none::toString);
  }

  /** Each fourth answer is bad, and most of them look so. */
  private Path audits() throws Exception {
    var lines = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      boolean good = i % 4 != 0;
      double logprob = (good ? -0.1 : -0.8) - (i % 7) / 50.0;
      lines.append(
          "{\"task_type\":\"bulk\",\"model\":\"acme/small\",\"features\":{\"logprob\":%s,\"agreement\":%s},\"good\":%d}\n"
              .formatted(logprob, good ? 0.9 : 0.3, good ? 1 : 0));
    }
    return Files.writeString(tree.resolve("audits.jsonl"), lines);
  }
}
