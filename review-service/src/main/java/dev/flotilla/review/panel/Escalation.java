package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.review.people.Question;
import dev.flotilla.review.policy.Policy;
import dev.flotilla.review.reviewer.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** What a person is asked when a panel could not decide. */
final class Escalation {
  private static final List<String> DECISIONS =
      Stream.of(Verdict.values()).map(Verdict::word).toList();
  private static final int MOST_TITLE_CHARS = 500;

  private Escalation() {}

  /**
   * @param review as the API shows it
   */
  static Question of(String reviewId, String team, ReviewRequest request, ObjectNode review) {
    Policy.Escalating people = request.policy().people();
    String task = request.assignment().task();
    ObjectNode show = Json.object();
    show.put("type", request.assignment().type()).put("artifact", request.assignment().artifact());
    ArrayNode plan = show.putArray("plan");
    request.assignment().plan().forEach(plan::add);
    show.set("reviewers", review.path("reviewers"));
    show.set("verification", review.path("verification"));
    show.set("aggregate", review.path("aggregate"));
    return new Question(
        "dec_" + reviewId,
        team,
        people.queue(),
        shortened(task == null ? "A review needs a decision" : task),
        show,
        DECISIONS,
        Instant.now().plus(people.within()),
        onTimeout(people, review),
        null,
        null,
        reviewId);
  }

  /** Nobody's silence approves what a check has failed. */
  private static String onTimeout(Policy.Escalating people, ObjectNode review) {
    for (JsonNode check : review.path("verification")) {
      if (!check.path("passed").asBoolean() && people.onTimeout().equals(Verdict.APPROVE.word())) {
        return Verdict.REQUEST_CHANGES.word();
      }
    }
    return people.onTimeout();
  }

  private static String shortened(String title) {
    String line = title.strip().replaceAll("\\s+", " ").replace("\0", "");
    return line.length() <= MOST_TITLE_CHARS ? line : line.substring(0, MOST_TITLE_CHARS - 1) + "…";
  }
}
