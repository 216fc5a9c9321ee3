package dev.flotilla.router.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.validation.Validation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningInRoutingFileTest {
  private static final Path CONFIG = Path.of("..", "config");

  @TempDir Path folder;

  private Routing with(String learning, String ask) throws IOException {
    Files.copy(CONFIG.resolve("task-types.model"), folder.resolve("task-types.model"));
    Path file =
        Files.writeString(
            folder.resolve("routing.yaml"),
            Files.readString(CONFIG.resolve("routing.yaml"))
                    .replace("  learned: task-types.model\n", "  learned: task-types.model\n" + ask)
                + learning);
    return RoutingFile.read(
        file, Catalog.read(CONFIG.resolve("catalog"), Set.of("sim-north")), new Validation());
  }

  @Test
  void what_ships_learns_nothing_and_asks_nobody() throws IOException {
    Routing shipped = with("", "");
    assertNull(shipped.learning());
    assertNull(shipped.asking());
  }

  @Test
  void what_is_left_out_is_as_the_documentation_says() throws IOException {
    Learning learning =
        with(
                "learning: {budget_usd_per_day: 2.50, judge: feedback, cheaper: {standard: [fast]}}\n",
                "")
            .learning();
    assertEquals(0.05, learning.share());
    assertFalse(learning.audits());
    assertEquals(0.97, learning.rules().target());
    assertEquals(2_500_000_000L, learning.dayNanos());
    assertEquals(Learning.Judge.FEEDBACK, learning.judge());
    assertEquals("sim-north/fast", learning.cheaper().get(TaskType.STANDARD).getFirst().id());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{judge: review, cheaper: {standard: [fast]}} | budget_usd_per_day is missing",
        "{budget_usd_per_day: 0, judge: review, cheaper: {standard: [fast]}} | budget_usd_per_day is 0",
        "{budget_usd_per_day: 1, cheaper: {standard: [fast]}} | write validators, review or feedback",
        "{budget_usd_per_day: 1, judge: me, cheaper: {standard: [fast]}} | write validators, review or feedback",
        "{budget_usd_per_day: 1, judge: feedback, audits: true, cheaper: {standard: [fast]}} | nobody is asked twice",
        "{budget_usd_per_day: 1, judge: review} | write for each task type",
        "{budget_usd_per_day: 1, judge: review, cheaper: {easy: [fast]}} | complex, standard, structured or bulk",
        "{budget_usd_per_day: 1, judge: review, cheaper: {bulk: [fsat]}} | near it are",
        "{budget_usd_per_day: 1, judge: review, cheaper: {bulk: []}} | write a list",
        "{budget_usd_per_day: 1, judge: review, cheaper: {bulk: [fast]}} | asks first anyway",
        "{share: 5, budget_usd_per_day: 1, judge: review, cheaper: {standard: [fast]}} | at most 1",
        "{target: 97, budget_usd_per_day: 1, judge: review, cheaper: {standard: [fast]}} | like 0.97"
      })
  void what_is_wrong_is_said(String learning, String said) {
    var refused =
        assertThrows(ConfigurationException.class, () -> with("learning: " + learning + "\n", ""));
    assertTrue(String.valueOf(refused.getMessage()).contains(said), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{models: [fast]} | like 0.6",
        "{models: [fast], below: 60} | from 0 to 1",
        "{below: 0.6} | write a list",
        "{models: [fsat], below: 0.6} | near it are"
      })
  void a_question_that_cannot_be_asked_is_refused(String ask, String said) {
    var refused =
        assertThrows(ConfigurationException.class, () -> with("", "  ask: " + ask + "\n"));
    assertTrue(String.valueOf(refused.getMessage()).contains(said), refused.getMessage());
  }
}
