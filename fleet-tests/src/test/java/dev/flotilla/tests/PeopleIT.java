package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.OTHER_REVIEWER_KEY;
import static dev.flotilla.tests.FleetUnderTest.REVIEWER_KEY;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.Service;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** People decide through the router's door. */
@ExtendWith(SharedFleet.class)
class PeopleIT {
  private final FleetUnderTest fleet;

  PeopleIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  void a_reviewer_of_the_team_decides_and_nobody_else() throws Exception {
    String id = "dec_" + UUID.randomUUID();
    String path = "/v1/decisions/" + id;
    assertEquals(201, ask(id).statusCode());
    assertEquals("waiting", fleet.get(KEY, path).path("status").asText());
    assertTrue(fleet.get(REVIEWER_KEY, "/v1/decisions?status=waiting").toString().contains(id));
    String approve = "{\"decision\":\"approve\",\"comment\":\"fine\"}";
    HttpResponse<String> caller = fleet.post(KEY, path + "/decision", approve);
    assertEquals(403, caller.statusCode(), caller.body());
    assertTrue(caller.body().contains("reviewer"), caller.body());
    assertEquals(404, fleet.post(OTHER_REVIEWER_KEY, path + "/decision", approve).statusCode());
    assertEquals(200, fleet.post(REVIEWER_KEY, path + "/claim", "").statusCode());
    JsonNode decided = json(fleet.post(REVIEWER_KEY, path + "/decision", approve).body());
    assertEquals("k_ann", decided.path("actor").asText(), decided.toString());
    HttpResponse<String> late = fleet.post(REVIEWER_KEY, path + "/decision", approve);
    assertEquals(409, late.statusCode(), late.body());
    assertEquals(405, fleet.post(REVIEWER_KEY, "/v1/decisions", "{}").statusCode());
  }

  /** As a service of the fleet asks. */
  private HttpResponse<String> ask(String id) throws Exception {
    String token = fleet.fleet.environment(Service.REVIEW).get("FLOTILLA_SERVICE_TOKEN");
    String question =
        """
        {"id": "%s", "team": "growth", "queue": "listings", "title": "A listing needs a decision",
         "decisions": ["approve", "reject"], "deadline": "%s", "on_timeout": "reject"}"""
            .formatted(id, Instant.now().plusSeconds(600));
    return fleet.http.send(
        HttpRequest.newBuilder(fleet.fleet.url(Service.REVIEW).resolve("/v1/decisions"))
            .header("authorization", "Bearer " + token)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(question))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
