package dev.flotilla.review.people;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.problem.Problem;
import java.util.List;

/** What is said to a person whose claim or decision does not hold. */
public final class Rulings {
  private Rulings() {}

  /** Somebody else, or the deadline, was first. */
  public static Problem tooLate(ObjectNode question) {
    boolean human = question.path("decided_by").asText().equals("human");
    String who = human ? question.path("actor").asText() : "the deadline";
    ObjectNode members = Json.object();
    for (String fact : List.of("decision", "decided_by", "actor", "comment", "decided_at")) {
      members.set(fact, question.path(fact));
    }
    return Problem.conflict(
        "already_decided",
        "It was decided by "
            + who
            + " at "
            + question.path("decided_at").asText()
            + ": "
            + question.path("decision").asText()
            + ". The first decision holds.",
        members);
  }

  /** Somebody else looks at it. */
  public static Problem claimed(ObjectNode question) {
    ObjectNode members = Json.object();
    members.set("assigned_to", question.path("assigned_to"));
    members.set("claimed_at", question.path("claimed_at"));
    return Problem.conflict(
        "already_claimed",
        "It was claimed by "
            + question.path("assigned_to").asText()
            + " at "
            + question.path("claimed_at").asText()
            + "; take another one, or decide without a claim.",
        members);
  }

  /** That is no answer to this question. */
  public static Problem notAWord(List<String> allowed) {
    Problem problem =
        Problem.invalid(
            "invalid_decision",
            "That is not among the answers to this question; write one of " + allowed + ".",
            "decision");
    allowed.forEach(problem.members().putArray("allowed")::add);
    return problem;
  }
}
