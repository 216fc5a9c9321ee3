package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.learning.confidence.ConfidenceModel;
import dev.flotilla.local.learning.ConfidenceDesk;
import dev.flotilla.local.terminal.Terminal;
import dev.flotilla.testkit.Behaviour;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beta answers; alpha, which gives logprobs, is found out about, and its answers are audited. */
class AuditsIT {
  private static final String JUDGED =
      "auto/bulk\", \"route\": {\"validate\": {\"rules\": [{\"rule\": \"text.contains('well')\"}]}}, \"user\": \"a";

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void what_shadows_show_of_themselves_calibrates_a_gate(@TempDir Path folder) throws Exception {
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.writeString(
        config.resolve("routing.yaml"),
        FleetUnderTest.routing().replace("[alpha/m, beta/m]", "[beta/m]")
            + "learning: {share: 1, budget_usd_per_day: 1, judge: validators, audits: true, cheaper: {bulk: [alpha/m]}}\n");
    try (FleetUnderTest fleet = FleetUnderTest.start(folder)) {
      assertEquals("", fleet.getText(KEY, "/v1/learning/audits"), "nothing was audited yet");
      fleet.beta.always(Behaviour.says("all is well"));
      fleet.alpha.always(Behaviour.surely("all is well", -0.01));
      fleet.awaitLearning(JUDGED);
      fleet.alpha.always(Behaviour.surely("no idea", -2));
      String id = "wrong-" + UUID.randomUUID();
      fleet.chat(KEY, FleetUnderTest.ask(JUDGED, "Translate: what goes wrong"), "x-request-id", id);
      // One call whose answer is graded and one to see whether it says the same again.
      fleet.awaitRows("request_id = '" + id + "' and origin = 'shadow' and state = 'settled'", 2);
      List<String> lines = awaitABadOne(fleet);
      JsonNode bad = FleetUnderTest.json(lines.getLast());
      assertEquals("alpha/m", bad.path("model").asText(), bad.toString());
      assertEquals(-2, bad.at("/features/logprob").asDouble(), 1e-9);
      assertEquals(1, bad.at("/features/agreement").asDouble(), 1e-9, "it said the same twice");
      assertEquals(4, bad.size(), "numbers, no prompt and no answer: " + bad);

      Path file = Files.write(folder.resolve("audits.jsonl"), lines);
      var said = new ByteArrayOutputStream();
      new ConfidenceDesk(
              folder, new Terminal(new PrintStream(said, true, StandardCharsets.UTF_8), false))
          .train(file);
      var model = ConfidenceModel.read(config.resolve("confidence.model"));
      assertEquals(
          lines.size(), model.of("bulk", "alpha/m").orElseThrow().answers(), said::toString);

      assertTrue(
          fleet.get(KEY, "/v1/learning").at("/lessons/0/shadow_cost_usd").decimalValue().signum()
              > 0);
    }
  }

  /** The lines up to the first answer that was not good enough. */
  private static List<String> awaitABadOne(FleetUnderTest fleet) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      List<String> lines = fleet.getText(KEY, "/v1/learning/audits").lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        if (FleetUnderTest.json(lines.get(i)).path("good").asInt() == 0) {
          return lines.subList(0, i + 1);
        }
      }
      assertTrue(System.nanoTime() < end, lines::toString);
    }
  }
}
