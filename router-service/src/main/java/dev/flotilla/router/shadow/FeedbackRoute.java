package dev.flotilla.router.shadow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.upstream.RequestStories;
import dev.flotilla.router.upstream.RequestStories.Story;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * {@code POST /v1/feedback}: what a caller says of an answer, {@code {"request_id", "score"}} or
 * {@code {"request_id", "label": "good"}}. Kept as a number: nothing else is.
 */
final class FeedbackRoute {
  private static final Duration COME_AGAIN = Duration.ofSeconds(2);

  private final RequestStories stories;
  private final FeedbackBook book;
  private final FeedbackLearning learning;

  FeedbackRoute(RequestStories stories, FeedbackBook book, FeedbackLearning learning) {
    this.stories = stories;
    this.book = book;
    this.learning = learning;
  }

  void post(Visit visit) {
    ObjectNode body;
    try {
      body = Json.parseObject(visit.body());
    } catch (NotJson e) {
      visit.send(
          ApiError.invalid(
              "invalid_json",
              "The body is not JSON: "
                  + e.getMessage()
                  + "; write {\"request_id\": \"req_…\", \"score\": 0.8}.",
              null));
      return;
    }
    JsonNode id = body.path("request_id");
    OptionalDouble score = score(body);
    if (!id.isTextual() || id.textValue().isBlank() || id.textValue().length() > 512) {
      visit.send(
          ApiError.invalid(
              "invalid_feedback",
              "'request_id' is missing; write what x-request-id said of the answer.",
              "request_id"));
    } else if (score.isEmpty()) {
      visit.send(
          ApiError.invalid(
              "invalid_feedback",
              "Write either 'score', a number from 0 (useless) to 1 (as good as it gets), or 'label', which is good or bad.",
              body.has("label") ? "label" : "score"));
    } else {
      take(id.textValue(), score.getAsDouble(), visit);
    }
  }

  private static OptionalDouble score(ObjectNode body) {
    JsonNode score = body.path("score");
    JsonNode label = body.path("label");
    if (score.isMissingNode() == label.isMissingNode()) {
      return OptionalDouble.empty();
    }
    if (score.isMissingNode()) {
      return switch (label.asText()) {
        case "good" -> OptionalDouble.of(1);
        case "bad" -> OptionalDouble.of(0);
        default -> OptionalDouble.empty();
      };
    }
    return score.isNumber() && score.doubleValue() >= 0 && score.doubleValue() <= 1
        ? OptionalDouble.of(score.doubleValue())
        : OptionalDouble.empty();
  }

  private void take(String requestId, double score, Visit visit) {
    switch (stories.of(requestId, visit.caller(), Tracing.traceparent(visit.span()))) {
      case Story.Answered(var type, var model) -> {
        boolean first =
            book.keep(visit.caller().team(), requestId, visit.caller().key(), type, model, score);
        if (first && type != null) {
          Optional<TaskType> known = TaskType.of(type);
          known.ifPresent(kind -> learning.heard(kind, model, score));
        }
        ObjectNode kept = Json.object().put("object", "feedback").put("request_id", requestId);
        kept.put("task_type", type).put("model", model).put("score", score);
        visit.send(200, kept.put("replaced", !first));
      }
      case Story.NoAnswer() -> {
        visit.comeAgain(COME_AGAIN);
        visit.send(
            new ApiError(
                409,
                ApiError.INVALID_REQUEST,
                "no_answer_yet",
                "Request '"
                    + requestId
                    + "' has no answer that could be judged: it failed, or the ledger has not heard of it yet; send this again in a few seconds.",
                "request_id",
                "router"));
      }
      case Story.Unknown() ->
          visit.send(
              new ApiError(
                  404,
                  ApiError.INVALID_REQUEST,
                  "request_not_found",
                  "Your team has no request '"
                      + requestId
                      + "'; write what x-request-id said of the answer, and if it was given a moment ago send this again.",
                  "request_id",
                  "router"));
      case Story.Away() -> {
        visit.comeAgain(COME_AGAIN);
        visit.send(
            new ApiError(
                503,
                "server_error",
                "cost_service_unavailable",
                "The service that knows who answered does not answer now; send this again.",
                null,
                "router"));
      }
    }
  }
}
