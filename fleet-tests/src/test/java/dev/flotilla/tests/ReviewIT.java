package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.OTHER_KEY;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A review through the router's door, by three simulated families. */
@ExtendWith(SharedFleet.class)
class ReviewIT {
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

  private static String review(String author) {
    return """
        {"artifact": {"type": "text", "content": "The ferry leaves at nine."}, "task": "Say when the ferry leaves.",
         "plan": ["names a time"], "author_models": ["%s"], "policy": "two-of-three",
         "reviewers": ["sim-north/flagship", "sim-south/flagship", "sim-east/flagship"]}"""
        .formatted(author);
  }
}
