package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch whose router is killed: what was paid is not paid again. */
class BatchKillIT {
  private static final int ITEMS = 200;

  @Test
  void a_killed_router_costs_no_item_its_answer_and_nobody_a_second_bill(@TempDir Path folder)
      throws Exception {
    var hurried = Map.of("FLOTILLA_BATCH_LEASE", "PT2S", "FLOTILLA_BATCH_LOOK", "PT0.3S");
    try (var fleet = FleetUnderTest.start(folder, hurried, "")) {
      fleet.alpha.always(Behaviour.slow(Duration.ofMillis(30), Duration.ofMillis(2)));
      HttpResponse<String> answer = handIn(fleet);
      assertEquals(202, answer.statusCode(), answer.body());
      String path = "/v1/batches/" + json(answer.body()).path("id").asText();
      for (int kill = 1; kill <= 2; kill++) {
        fleet.alpha.awaitRequests(kill * 60L, Duration.ofSeconds(60));
        fleet.fleet.kill9(Service.ROUTER);
        fleet.fleet.awaitReady(Service.ROUTER);
      }
      JsonNode end = awaitEnd(fleet, path);
      assertEquals("completed", end.path("status").asText(), end.toString());
      assertEquals(ITEMS, end.path("request_counts").path("completed").asInt(), end.toString());
      assertEquals(ITEMS, fleet.alpha.bills().size(), "each item was paid once");
      var books = Books.once(fleet, fleet.alpha, fleet.beta);
      books.assertTrue();
      fleet.awaitRows("origin = 'batch' and state = 'settled'", ITEMS);
    }
  }

  /** A router is ready before its tables are. */
  private static HttpResponse<String> handIn(FleetUnderTest fleet) {
    Instant end = Instant.now().plusSeconds(30);
    HttpResponse<String> answer = fleet.post(KEY, "/v1/batches", batch());
    while (answer.statusCode() == 503 && Instant.now().isBefore(end)) {
      answer = fleet.post(KEY, "/v1/batches", batch());
    }
    return answer;
  }

  /** The last event comes at the end. */
  private static JsonNode awaitEnd(FleetUnderTest fleet, String path) throws Exception {
    Instant end = Instant.now().plusSeconds(30);
    HttpResponse<String> events;
    do {
      events =
          fleet.http.send(
              HttpRequest.newBuilder(fleet.fleet.url().resolve(path + "/events"))
                  .header("authorization", "Bearer " + KEY)
                  .timeout(Duration.ofSeconds(90))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
    } while (events.statusCode() == 503 && Instant.now().isBefore(end));
    String data =
        events
            .body()
            .lines()
            .filter(line -> line.startsWith("data: "))
            .reduce((a, b) -> b)
            .orElse("data: {}");
    return json(data.substring(6));
  }

  private static String batch() {
    ObjectNode batch = FleetUnderTest.JSON.createObjectNode();
    batch.put("endpoint", "/v1/chat/completions").put("concurrency", 16);
    ArrayNode requests = batch.putArray("requests");
    for (int i = 0; i < ITEMS; i++) {
      ObjectNode item = requests.addObject().put("custom_id", "item-" + i);
      ObjectNode body = item.putObject("body").put("model", "alpha/m");
      body.putArray("messages").addObject().put("role", "user").put("content", "Item " + i);
    }
    return batch.toString();
  }
}
