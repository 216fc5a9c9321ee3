package dev.flotilla.router.pipeline.interpreter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.hash.Sha256;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.exchange.Purpose;
import dev.flotilla.router.pipeline.journal.Attempt;
import dev.flotilla.router.pipeline.journal.AttemptState;
import dev.flotilla.router.pipeline.journal.Ended;
import dev.flotilla.router.pipeline.journal.NewAttempt;
import dev.flotilla.router.upstream.ReviewService;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Asks people. All decisions of people belong to review-service: a run asks there, rests, and looks
 * there when it is woken or by itself now and then. Thread-safe.
 */
final class People {
  private static final Duration SOON = Duration.ofSeconds(5);

  private final ReviewService service;
  private final Duration between;

  /**
   * @param between how often a run that waits looks by itself
   */
  People(ReviewService service, Duration between) {
    this.service = service;
    this.between = between;
  }

  /**
   * A question to people.
   *
   * @param decisions words to choose from
   * @param onTimeout what is decided when nobody answers in time; one of the words
   */
  record Question(
      String queue,
      String title,
      ObjectNode show,
      List<String> decisions,
      Duration timeout,
      String onTimeout) {}

  /**
   * The decision: an object with decision, comment and by. Until there is one the run rests.
   *
   * @param attempt written down as what the run waits for
   */
  ObjectNode decided(Try tried, NewAttempt attempt, Question question) {
    Going going = tried.going();
    String id = id(going.run().id(), tried.key());
    Attempt waiting =
        tried.before().isEmpty() || tried.before().getLast().state() != AttemptState.WAITING
            ? null
            : tried.before().getLast();
    Instant asked = waiting == null ? Instant.now() : waiting.startedAt();
    if (waiting == null) {
      going.waits(attempt, id);
    }
    ObjectNode body = Json.object();
    body.put("id", id).put("team", going.caller().caller().team());
    body.put("queue", question.queue()).put("title", question.title());
    body.set("show", question.show());
    question.decisions().forEach(body.putArray("decisions")::add);
    Instant deadline = asked.plus(question.timeout());
    body.put("deadline", deadline.toString()).put("on_timeout", question.onTimeout());
    body.put("run_id", going.run().id()).put("step", tried.key());
    // The same question again gives it as it stands.
    ReviewService.Said said =
        service.post(
            "/v1/decisions",
            body,
            new ReviewService.Asking(
                going.caller().caller(),
                tried.requestId(),
                Tracing.traceparent(tried.span()),
                Purpose.step(going.run().pipeline(), going.run().id(), tried.path()),
                null,
                null));
    JsonNode decision = said.body().path("decision");
    if (said.good() && decision.isTextual()) {
      ObjectNode output = Json.object().put("decision", decision.textValue());
      output.set("comment", said.body().path("comment"));
      output.set("by", said.body().path("actor"));
      return output;
    }
    if (!said.good() && !said.mayPass()) {
      ObjectNode error = Errors.of("question_refused", said.message());
      going.end(attempt, Ended.failed(error));
      throw new Stop.Failed(error);
    }
    throw new Stop.Resting(next(said.good(), deadline), id);
  }

  private Instant next(boolean asked, Instant deadline) {
    Instant now = Instant.now();
    Instant look = now.plus(asked ? between : SOON);
    // A moment after the deadline the decision is there.
    Instant over = deadline.plusMillis(200);
    if (over.isAfter(look)) {
      return look;
    }
    return over.isAfter(now) ? over : now.plus(SOON);
  }

  /** The same for the same question of a run, wherever it is asked. */
  private static String id(String run, String key) {
    return "dec_" + run.replace("run_", "") + "_" + Sha256.hex(key).substring(0, 12);
  }
}
