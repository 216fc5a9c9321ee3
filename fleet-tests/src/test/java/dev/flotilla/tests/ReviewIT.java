package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.OTHER_KEY;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A review through the router's door, by three simulated families. */
@ExtendWith(SharedFleet.class)
class ReviewIT {
  private static final String APPROVAL =
      "{\"verdict\": \"approve\", \"score\": 0.9, \"confidence\": 0.9, \"findings\": []}";

  private final FleetUnderTest fleet;

  ReviewIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  void three_families_judge_what_a_fourth_wrote_and_their_attempts_are_in_the_ledger()
      throws Exception {
    HttpResponse<String> answer = fleet.post(KEY, "/v1/reviews", review("alpha/m"));
    assertEquals(201, answer.statusCode(), answer.body());
    JsonNode review = json(answer.body());
    assertEquals(3, review.path("reviewers").size(), answer.body());
    assertEquals(
        3,
        StreamSupport.stream(review.path("reviewers").spliterator(), false)
            .map(reviewer -> reviewer.path("model").asText().split("/", 2)[0])
            .distinct()
            .count());
    fleet.awaitRows("origin = 'review' and state = 'settled'", 3);
    String id = review.path("id").asText();
    assertTrue(id.startsWith("rev_"));
    assertEquals(review.path("decision"), fleet.get(KEY, "/v1/reviews/" + id).path("decision"));
    assertThrows(AssertionError.class, () -> fleet.get(OTHER_KEY, "/v1/reviews/" + id));
  }

  @Test
  void an_author_among_the_reviewers_is_refused_with_the_reason() {
    HttpResponse<String> answer = fleet.post(KEY, "/v1/reviews", review("sim-north/balanced"));
    assertEquals(422, answer.statusCode(), answer.body());
    assertTrue(json(answer.body()).path("detail").asText().contains("sim-north"), answer.body());
  }

  @Test
  void a_review_outlives_the_service_and_who_had_answered_is_not_paid_again() throws Exception {
    fleet.alpha.always(Behaviour.says(APPROVAL));
    fleet.beta.always(Behaviour.says(APPROVAL));
    // Its first answer comes long after the kill, and is no opinion; the repair of it is one.
    fleet.gamma.always(Behaviour.slow(Duration.ofSeconds(8), Duration.ZERO));
    long alpha = fleet.alpha.requests();
    long beta = fleet.beta.requests();
    long gamma = fleet.gamma.requests();
    String task = "outlives " + UUID.randomUUID();
    HttpResponse<String> begun =
        fleet.post(
            KEY,
            "/v1/reviews",
            """
            {"artifact": {"type": "text", "content": "%s"}, "plan": ["is right"], "deadline": "PT2M",
             "reviewers": ["alpha/m", "beta/m", "gamma/m"]}"""
                .formatted(task),
            "prefer",
            "respond-async");
    assertEquals(202, begun.statusCode(), begun.body());
    String id = json(begun.body()).path("id").asText();
    fleet.awaitRows("review.seat", "review_id = '" + id + "'", 2);
    fleet.gamma.awaitRequests(gamma + 1, Duration.ofSeconds(20));

    fleet.fleet.kill9(Service.REVIEW);
    fleet.gamma.always(Behaviour.says(APPROVAL));
    fleet.fleet.awaitReady(Service.REVIEW);

    fleet.awaitRows("review.review", "id = '" + id + "' and status = 'decided'", 1);
    JsonNode review = fleet.get(KEY, "/v1/reviews/" + id);
    assertEquals("approve", review.path("decision").asText(), review.toString());
    assertEquals(0, review.path("aggregate").path("votes").path("abstained").asInt());
    assertEquals(alpha + 1, fleet.alpha.requests(), "asked, and paid, once");
    assertEquals(beta + 1, fleet.beta.requests(), "asked, and paid, once");
    assertEquals(
        gamma + 2,
        fleet.gamma.requests(),
        "who had not answered is waited for, not asked the same again");
  }

  private static String review(String author) {
    return """
        {"artifact": {"type": "text", "content": "The ferry leaves at nine."}, "task": "Say when the ferry leaves.",
         "plan": ["names a time"], "author_models": ["%s"], "policy": "two-of-three",
         "reviewers": ["sim-north/flagship", "sim-south/flagship", "sim-east/flagship"]}"""
        .formatted(author);
  }
}
