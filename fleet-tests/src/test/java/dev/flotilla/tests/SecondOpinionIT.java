package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.testkit.Behaviour;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cheap model is asked what kind of work a request is: alpha answers, beta classifies. */
class SecondOpinionIT {
  private static FleetUnderTest fleet;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.copy(
        FleetUnderTest.TREE.resolve("config/task-types.model"), config.resolve("task-types.model"));
    Files.writeString(
        config.resolve("routing.yaml"),
        FleetUnderTest.routing()
            .replace("[alpha/m, beta/m]", "[alpha/m]")
            .replaceFirst(
                "complex: \\{candidates: \\[.*?]", "complex: {candidates: [gamma/m, alpha/m]")
            .replace(
                "classification:\n",
                "classification:\n  learned: task-types.model\n  ask: {models: [beta/m], below: 0.995}\n"));
    fleet = FleetUnderTest.start(folder);
  }

  @AfterAll
  static void close() {
    fleet.close();
  }

  @BeforeEach
  void upstreamsAreWell() {
    fleet.alpha.always(Behaviour.ok());
    fleet.gamma.always(Behaviour.ok());
    fleet.beta.always(
        Behaviour.says(
            "{\"score\": 4, \"intent\": \"compare designs\", \"task_type\": \"complex\"}"));
  }

  private static HttpResponse<String> ask(String text, String id) {
    return fleet.chat(
        FleetUnderTest.KEY,
        "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}",
        "x-request-id",
        id,
        "x-route-explain",
        "true");
  }

  @Test
  void the_question_is_paid_by_the_request_that_caused_it_and_asked_once() throws Exception {
    String id = "second-" + UUID.randomUUID();
    long asked = fleet.beta.requests();
    HttpResponse<String> answer = ask("Compare two ways to keep sessions.", id);
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("complex", header(answer, "x-task-type"));
    assertEquals("llm", header(answer, "x-routed-by"));
    assertEquals(asked + 1, fleet.beta.requests());
    fleet.awaitRows("request_id = '" + id + "' and origin = 'classifier' and state = 'settled'", 1);
    fleet.awaitRows("request_id = '" + id + "' and origin = 'chat' and state = 'settled'", 1);
    assertEquals(
        new BigDecimal(header(answer, "x-cost-usd")).movePointRight(9).longValueExact(), nanos(id));

    JsonNode savings = fleet.get(FleetUnderTest.KEY, "/v1/costs/savings");
    assertTrue(savings.at("/results/0/overhead/classifier/nanos").asLong() > 0, savings.toString());
    fleet.awaitRows("cost.decision", "request_id = '" + id + "'", 1);
    JsonNode signals = fleet.get(FleetUnderTest.KEY, "/v1/requests/" + id).path("signals");
    assertEquals("llm", signals.path(2).path("from").asText(), signals.toString());

    HttpResponse<String> again =
        fleet.chat(
            FleetUnderTest.KEY,
            "{\"model\":\"auto\",\"max_tokens\":900,\"messages\":[{\"role\":\"user\",\"content\":\"Compare two ways to keep sessions.\"}]}");
    assertEquals("complex", header(again, "x-task-type"));
    assertEquals(asked + 1, fleet.beta.requests(), "its answer was kept");
  }

  @Test
  void nonsense_makes_it_standard_and_silence_leaves_it_as_it_was() {
    fleet.beta.always(Behaviour.says("What a nice question!"));
    HttpResponse<String> nonsense =
        ask("Could you have a look at my plan?", "n-" + UUID.randomUUID());
    assertEquals("standard", header(nonsense, "x-task-type"), nonsense.body());
    assertEquals("llm", header(nonsense, "x-routed-by"));
    fleet.beta.always(Behaviour.status(500));
    HttpResponse<String> silence =
        ask("Could you have a look at my garden?", "s-" + UUID.randomUUID());
    assertEquals(200, silence.statusCode(), silence.body());
    assertEquals("classifier", header(silence, "x-routed-by"));
  }

  @Test
  void a_preview_spends_nothing_and_says_what_each_signal_said() {
    long asked = fleet.beta.requests();
    HttpResponse<String> preview =
        fleet.post(
            FleetUnderTest.KEY,
            "/v1/route",
            "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"Could you have a look?\"}]}");
    JsonNode signals = json(preview.body()).path("signals");
    assertEquals(2, signals.size(), preview.body());
    assertEquals("classifier", signals.get(1).path("from").asText());
    assertTrue(signals.get(1).path("confidence").asDouble() > 0, preview.body());
    assertEquals(asked, fleet.beta.requests());
  }

  /** What the ledger has of a request, nano-dollars. */
  private static long nanos(String id) throws SQLException {
    try (var connection = fleet.ledger();
        var query =
            connection.prepareStatement(
                "select sum(cost_nanos) from cost.attempt where request_id = ?")) {
      query.setString(1, id);
      try (var rows = query.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
