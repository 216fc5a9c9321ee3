package dev.flotilla.router.shadow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.exchange.Purpose;
import dev.flotilla.router.upstream.ReviewService;
import dev.flotilla.router.validation.Judgement;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** Says how good an answer is. Implementations are thread-safe. */
@FunctionalInterface
interface Judging {
  System.Logger LOG = System.getLogger(Judging.class.getName());

  /**
   * @param quality 0 to 1
   * @param nanos what finding out cost, nano-dollars
   */
  record Grade(double quality, long nanos) {}

  /** Empty when nobody can say. */
  Optional<Grade> grade(ShadowRequest of, String model, Completion answer, Deadline until);

  /** Right or not, by what the request and its task type demand. */
  static Judging byValidators() {
    return (of, model, answer, until) ->
        Optional.of(
            new Grade(
                of.plan().validators().judge(answer) instanceof Judgement.Accepted ? 1 : 0, 0));
  }

  /**
   * The mean score of models that wrote neither. Each answer is judged alone: whoever sees two
   * prefers the longer one.
   */
  static Judging byReview(ReviewService reviews) {
    return (of, model, answer, until) -> {
      ReviewService.Said said =
          reviews.post(
              "/v1/reviews",
              question(of, model, answer, until),
              new ReviewService.Asking(
                  of.caller(),
                  of.requestId(),
                  of.traceparent(),
                  new Purpose("shadow", null, null, null),
                  null,
                  until));
      JsonNode score = said.body().at("/aggregate/score");
      if (!said.good()) {
        LOG.log(
            Level.WARNING, "an answer of {0} could not be reviewed: {1}", model, said.message());
      }
      return said.good() && score.isNumber()
          ? Optional.of(
              new Grade(
                  Math.clamp(score.doubleValue(), 0, 1),
                  said.body().at("/usage/cost").decimalValue().movePointRight(9).longValue()))
          : Optional.empty();
    };
  }

  private static ObjectNode question(
      ShadowRequest of, String model, Completion answer, Deadline until) {
    ObjectNode body = Json.object();
    body.putObject("artifact")
        .put("type", "text")
        .put("content", answer.body().at("/choices/0/message/content").asText(""));
    body.put("task", of.request().lastUserText());
    body.putArray("plan")
        .add("It does what the task asks for.")
        .add("Nothing in it is wrong or invented.");
    body.putArray("author_models").add(model);
    body.put("deadline", until.remaining().toMillis());
    return body;
  }
}
