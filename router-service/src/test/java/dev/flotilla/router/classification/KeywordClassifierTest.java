package dev.flotilla.router.classification;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.router.Requests;
import dev.flotilla.router.classification.Classification.DecidedBy;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.routing.RoutingFile;
import dev.flotilla.router.validation.Validation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped rules, without what was learned, on requests they were written for. */
class KeywordClassifierTest {
  private static final Path CONFIG = Path.of("..", "config");

  @TempDir Path folder;

  private Classifier classifier;

  @BeforeEach
  void readTheRules() throws IOException {
    Path file = folder.resolve("routing.yaml");
    Files.writeString(
        file,
        Files.readString(CONFIG.resolve("routing.yaml"))
            .replace("  learned: task-types.model\n", ""));
    classifier =
        RoutingFile.read(
                file,
                Catalog.read(CONFIG.resolve("catalog"), Set.of("sim-north")),
                new Validation())
            .classifier();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Extract all dates from this letter | STRUCTURED",
        "Return as CSV please | STRUCTURED",
        "Why is there a race condition here? | COMPLEX",
        "REFACTOR this class | COMPLEX",
        "Translate 'good morning' into Urdu | BULK",
        "formatting this file | BULK",
        "Tell me more information about performance of unformatted disks | STANDARD",
        "What is the capital of France? | STANDARD"
      })
  void the_classic_words_decide(String text, TaskType expected) {
    assertEquals(expected, classifier.classify(Requests.asking(text)).taskType());
  }

  @Test
  void tools_and_response_formats_decide_before_any_word() {
    var decided =
        classifier.classify(
            Requests.of(
                """
                {"model":"auto","messages":[{"role":"user","content":"refactor this"}],
                 "response_format":{"type":"json_object"},"tools":[{"type":"function"}]}"""));
    assertEquals(TaskType.STRUCTURED, decided.taskType());
    assertEquals(List.of("fact:response_format", "fact:tools"), decided.matchedRules());
  }

  @Test
  void a_long_text_is_complex_and_the_history_before_it_does_not_count() {
    String history = "json ".repeat(10);
    assertEquals(
        TaskType.COMPLEX, classifier.classify(Requests.asking("word ".repeat(501))).taskType());
    var decided =
        classifier.classify(
            Requests.of(
                """
                {"model":"auto","messages":[{"role":"user","content":"%s"},{"role":"assistant","content":"{}"},
                 {"role":"user","content":[{"type":"text","text":"thank you"}]}]}"""
                    .formatted(history)));
    assertEquals(TaskType.STANDARD, decided.taskType());
    assertEquals(DecidedBy.DEFAULT, decided.decidedBy());
  }
}
