package dev.flotilla.router.classification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.router.Requests;
import dev.flotilla.router.classification.Classification.DecidedBy;
import dev.flotilla.router.classification.Classification.Signal;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.routing.Routing;
import dev.flotilla.router.routing.RoutingFile;
import dev.flotilla.router.validation.Validation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped rules and the shipped model together. */
class LearnedClassifierTest {
  private static final Path CONFIG = Path.of("..", "config");
  private static final Path SHIPPED = CONFIG.resolve("routing.yaml");

  @TempDir Path folder;

  private static Routing routing(Path file) {
    return RoutingFile.read(
        file, Catalog.read(CONFIG.resolve("catalog"), Set.of("sim-north")), new Validation());
  }

  private Path changed(String from, String to) throws IOException {
    Files.copy(CONFIG.resolve("task-types.model"), folder.resolve("task-types.model"));
    return Files.writeString(
        folder.resolve("routing.yaml"), Files.readString(SHIPPED).replace(from, to));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Who painted the ceiling of the Sistine Chapel? | STANDARD",
        "How do I squash the last three commits in git? | STANDARD",
        "Is the tone of this review positive or negative? The room was small but lovely. | STRUCTURED",
        "Paraphrase the sentence below: The dog chased the ball across the yard. | BULK",
        "Prove that every bounded sequence of real numbers has a convergent subsequence. | COMPLEX"
      })
  void what_no_rule_knows_was_learned(String text, TaskType expected) {
    Classification decided = routing(SHIPPED).classifier().classify(Requests.asking(text));
    assertEquals(expected, decided.taskType(), decided::toString);
    assertEquals(DecidedBy.CLASSIFIER, decided.decidedBy());
    assertEquals(2, decided.signals().size());
    assertEquals(decided.confidence(), decided.signals().getLast().confidence());
  }

  @Test
  void facts_decide_before_anything_is_read() {
    var decided =
        routing(SHIPPED)
            .classifier()
            .classify(
                Requests.of(
                    """
                    {"model":"auto","messages":[{"role":"user","content":"Prove that 2 is prime."}],
                     "response_format":{"type":"json_object"}}"""));
    assertEquals(TaskType.STRUCTURED, decided.taskType());
    assertEquals(DecidedBy.RULES, decided.decidedBy());
    assertEquals(List.of(), decided.signals());
  }

  @Test
  void the_surer_signal_decides_and_a_certain_rule_always_does() throws IOException {
    var question = Requests.asking("Who designed the template for the first postage stamp?");
    Classification shipped = routing(SHIPPED).classifier().classify(question);
    assertEquals(DecidedBy.CLASSIFIER, shipped.decidedBy());
    assertEquals(TaskType.STANDARD, shipped.taskType());
    assertEquals(new Signal(DecidedBy.RULES, TaskType.COMPLEX, 0.5), shipped.signals().getFirst());

    Classification certain =
        routing(
                changed(
                    "type: complex\n      confidence: 0.50", "type: complex\n      confidence: 1"))
            .classifier()
            .classify(question);
    assertEquals(DecidedBy.RULES, certain.decidedBy());
    assertEquals(TaskType.COMPLEX, certain.taskType());
    assertEquals(1, certain.confidence());
  }

  @Test
  void another_model_is_another_policy() throws IOException {
    Path file = changed("", "");
    String version = routing(file).version();
    Path model = folder.resolve("task-types.model");
    Files.writeString(model, Files.readString(model).replace("trained on", "trained on other"));
    assertNotEquals(version, routing(file).version());
  }

  @Test
  void a_model_that_cannot_be_used_is_refused_with_what_makes_one() throws IOException {
    Path file = changed("", "");
    Path model = folder.resolve("task-types.model");
    String shipped = Files.readString(model);
    for (String bad :
        List.of("", "{}", shipped.substring(0, shipped.length() / 2), shipped + "x")) {
      Files.writeString(model, bad);
      var e = assertThrows(ConfigurationException.class, () -> routing(file));
      assertTrue(String.valueOf(e.getMessage()).contains("./fleet train classifier"), e::toString);
    }
    Files.delete(model);
    var e = assertThrows(ConfigurationException.class, () -> routing(file));
    assertTrue(String.valueOf(e.getMessage()).contains("leave it out"), e::toString);
  }
}
