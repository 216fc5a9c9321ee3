package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.console.api.Answer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What machines could not decide: the queue, and one question with everything known about it. */
final class ReviewScreen implements Screen {
  private static final int CONFLICT = 409;
  private static final int LONGEST_COMMENT = 10_000;

  @Override
  public Shown show(Asked asked) {
    List<String> path = asked.path();
    if (path.isEmpty()) {
      Map<String, Object> facts =
          asked.facts(
              Map.of(
                  "key",
                  "/v1/key",
                  "waiting",
                  "/v1/decisions?status=waiting&limit=50",
                  "decided",
                  "/v1/decisions?status=decided&limit=10"));
      return new Shown.Page("reviews", facts);
    }
    String id = path.getFirst();
    if (path.size() == 1 && !asked.isForm()) {
      return one(id, Map.of(), asked);
    }
    if (path.size() == 2 && asked.isForm()) {
      return switch (path.get(1)) {
        case "claim" ->
            done(id, asked.api().post("/v1/decisions/" + Asked.encoded(id) + "/claim"), asked);
        case "decision" -> decide(id, asked);
        default -> new Shown.Nothing();
      };
    }
    return new Shown.Nothing();
  }

  private static Shown one(String id, Map<String, Object> more, Asked asked) {
    String path = "/v1/decisions/" + Asked.encoded(id);
    Map<String, Object> facts = new LinkedHashMap<>(asked.facts(Map.of("key", "/v1/key")));
    Answer question = asked.api().get(path);
    if (question instanceof Answer.Refused(int status, _, var message)) {
      facts.put("title", "No such question");
      facts.put("message", message);
      return new Shown.Page(status, "refused", facts);
    }
    facts.put("question", Facts.of(path, question));
    var json = Facts.json(question);
    facts.put("shown", Texts.of(json.path("show")));
    if (json.path("review_id").isTextual()) {
      String review = "/v1/reviews/" + Asked.encoded(json.path("review_id").asText());
      facts.put("review", Facts.of(review, asked.api().get(review)));
    }
    facts.putAll(more);
    return new Shown.Page("review", facts);
  }

  private static Shown decide(String id, Asked asked) {
    ObjectNode decision = Json.object().put("decision", asked.field("decision"));
    String comment = asked.field("comment");
    if (!comment.isBlank()) {
      decision.put("comment", comment.substring(0, Math.min(comment.length(), LONGEST_COMMENT)));
    }
    return done(
        id, asked.api().post("/v1/decisions/" + Asked.encoded(id) + "/decision", decision), asked);
  }

  /** Shows the question as it stands then; a second reviewer is told who was first. */
  private static Shown done(String id, Answer answer, Asked asked) {
    return answer instanceof Answer.Refused(int status, _, var message)
        ? one(
            id,
            Map.of(
                "refusal", message, "late", status == CONFLICT, "comment", asked.field("comment")),
            asked)
        : new Shown.Elsewhere("/reviews/" + Asked.encoded(id));
  }
}
