package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.learning.gain.GainFile;
import dev.flotilla.learning.gain.MeasuredGain;
import dev.flotilla.learning.gain.RecordedPair;
import dev.flotilla.testkit.Behaviour;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alpha is cheap, beta is strong, and it was recorded that only integrals need beta. */
class GainIT {
  private static FleetUnderTest fleet;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    Path config = Files.createDirectories(folder.resolve("config"));
    List<RecordedPair> pairs =
        IntStream.range(0, 100)
            .mapToObj(
                i -> new RecordedPair(question(i % 2 == 0 ? "integral" : "river", i / 2), i % 2, 1))
            .toList();
    GainFile.write(
        MeasuredGain.of(new RecordedPair.Recorded(pairs, "small", "large", 0), "integrals"),
        config.resolve("standard.gain"));
    Files.writeString(
        config.resolve("routing.yaml"),
        FleetUnderTest.routing()
            .replace(
                "standard: {candidates: [alpha/m, beta/m]}",
                "standard: {candidates: [alpha/m, beta/m], gain: {model: standard.gain, cheap:"
                    + " alpha/m, strong: beta/m, quality: 0.97}}"));
    fleet = FleetUnderTest.start(folder);
  }

  @AfterAll
  static void close() {
    fleet.close();
  }

  @BeforeEach
  void upstreamsAreWell() {
    fleet.alpha.always(Behaviour.ok());
    fleet.beta.always(Behaviour.ok());
  }

  private static String question(String subject, int number) {
    return "What about the %s number %d?".formatted(subject, number);
  }

  private static JsonNode preview(String body) {
    return json(fleet.post(KEY, "/v1/route", body).body());
  }

  @Test
  void an_easy_prompt_goes_to_the_cheap_model_and_a_hard_one_to_the_strong() {
    for (int i = 200; i < 204; i++) {
      assertEquals("alpha/m", answeredBy(ask("auto", question("river", i))));
      assertEquals("beta/m", answeredBy(ask("auto", question("integral", i))));
    }
    assertEquals("alpha/m", answeredBy(ask("auto/standard", question("river", 300))));
    assertEquals("beta/m", answeredBy(ask("auto/standard", question("integral", 300))));
    assertEquals("alpha/m", answeredBy(ask("auto/bulk", question("integral", 300))));
  }

  @Test
  void whoever_was_not_chosen_answers_when_the_other_cannot() {
    fleet.beta.always(Behaviour.status(503));
    assertEquals("alpha/m", answeredBy(ask("auto", question("integral", 400))));
    fleet.beta.always(Behaviour.ok());
    fleet.alpha.always(Behaviour.status(503));
    assertEquals("beta/m", answeredBy(ask("auto", question("river", 400))));
  }

  @Test
  void a_preview_says_what_was_foretold_and_whom_that_chose() {
    JsonNode hard = preview(ask("auto", question("integral", 500)));
    assertEquals("default", hard.path("decided_by").asText(), hard.toString());
    assertEquals("beta/m", hard.at("/candidates/0/model").asText(), hard.toString());
    JsonNode gain = hard.at("/signals/0");
    assertEquals("gain", gain.path("from").asText(), hard.toString());
    assertEquals("strong", gain.path("chose").asText());
    assertTrue(gain.path("gain").asDouble() > gain.path("threshold").asDouble(), hard.toString());
    JsonNode easy = preview(ask("auto/standard", question("river", 500)));
    assertEquals("hint", easy.path("decided_by").asText(), easy.toString());
    assertEquals("alpha/m", easy.at("/candidates/0/model").asText(), easy.toString());
    assertEquals("cheap", easy.at("/signals/0/chose").asText(), easy.toString());
    assertTrue(preview(ask("auto/bulk", question("river", 500))).path("signals").isEmpty());
  }

  @Test
  void what_was_foretold_is_in_the_story_of_the_request() throws Exception {
    HttpResponse<String> answer = fleet.chat(ask("auto/standard", question("integral", 600)));
    String id = answer.headers().firstValue("x-request-id").orElse("");
    fleet.awaitRows("cost.decision", "request_id = '" + id + "'", 1);
    JsonNode signal = fleet.get(KEY, "/v1/requests/" + id).at("/signals/0");
    assertEquals("gain", signal.path("from").asText(), signal.toString());
    assertEquals("strong", signal.path("says").asText());
  }

  private static String answeredBy(String body) {
    HttpResponse<String> answer = fleet.chat(body);
    assertEquals(200, answer.statusCode(), answer.body());
    return answer.headers().firstValue("x-model-used").orElse("");
  }
}
