package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.CountingUpstream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of two answers is better is said by models that wrote neither. */
class JudgedByReviewIT {
  @Test
  void both_answers_are_reviewed_and_what_that_costs_is_spent_on_learning(@TempDir Path folder)
      throws Exception {
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.writeString(
        config.resolve("routing.yaml"),
        FleetUnderTest.routing().replace("[alpha/m, beta/m]", "[alpha/m]")
            + "learning: {share: 1, budget_usd_per_day: 5, judge: review, cheaper: {bulk: [beta/m]}}\n");
    try (FleetUnderTest fleet = FleetUnderTest.start(folder)) {
      for (CountingUpstream each : List.of(fleet.alpha, fleet.beta, fleet.gamma, fleet.delta)) {
        each.always(
            Behaviour.says(
                "{\"verdict\": \"approve\", \"score\": 0.8, \"confidence\": 0.9, \"findings\": []}"));
      }
      fleet.awaitLearning("auto/bulk");
      fleet.awaitRows("router.learned", "task_type = 'bulk' and shadows > 0", 1);
      JsonNode lesson = fleet.get(KEY, "/v1/learning").path("lessons").path(0);
      assertEquals("beta/m", lesson.path("model").asText(), lesson.toString());
      assertEquals(0.8, lesson.path("quality").asDouble(), lesson.toString());
      assertEquals(lesson.path("quality"), lesson.path("reference_quality"));
      assertEquals("unknown", lesson.path("standing").asText());
      fleet.awaitRows("origin = 'review' and state = 'settled'", 6);
      fleet.awaitRows("origin = 'shadow' and state = 'settled'", 1);
    }
  }
}
