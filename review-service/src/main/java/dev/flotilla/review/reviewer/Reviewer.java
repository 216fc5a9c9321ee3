package dev.flotilla.review.reviewer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.contracts.telemetry.SpanNames;
import dev.flotilla.kit.telemetry.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;

/** Gets one model's opinion, and lets it repair an answer that is none, once. Thread-safe. */
final class Reviewer {
  /**
   * How a model's turn ended.
   *
   * @param replaceable whether another model may do better in what time is left
   */
  record Turn(Ballot ballot, boolean replaceable, Spending spending) {}

  private final ModelCaller models;
  private final Prompt prompt;
  private final OpinionReader reader;
  private final Tracing tracing;

  Reviewer(ModelCaller models, Prompt prompt, Tracing tracing) {
    this.models = models;
    this.prompt = prompt;
    this.reader = new OpinionReader(prompt.schema());
    this.tracing = tracing;
  }

  Turn review(Model model, Assignment assignment, Errand errand) {
    Span span = tracing.span("review " + model.id(), SpanKind.INTERNAL, errand.trace());
    span.setAttribute(SpanNames.REQUEST_MODEL, model.id());
    span.setAttribute(SpanNames.TEAM, errand.caller().team());
    try {
      Turn turn = ask(model, assignment, errand, Tracing.traceparent(span));
      span.setAttribute(SpanNames.COST_NANOS, turn.spending().nanos());
      if (turn.ballot() instanceof Ballot.Abstained abstained) {
        span.setAttribute(SpanNames.ERROR_TYPE, abstained.reason());
        span.setStatus(StatusCode.ERROR);
      }
      return turn;
    } finally {
      span.end();
    }
  }

  private Turn ask(Model model, Assignment assignment, Errand errand, String traceparent) {
    ObjectNode question = prompt.question(assignment, model);
    CallOutcome first = models.call(model, 1, question, errand, traceparent);
    return switch (first) {
      case CallOutcome.Answered(String answer, Spending spent) ->
          switch (reader.read(answer)) {
            case Reading.Valid(Opinion opinion) -> voted(opinion, spent);
            case Reading.Invalid(String error) ->
                repaired(
                    models.call(
                        model, 2, prompt.repair(question, answer, error), errand, traceparent),
                    spent);
          };
      case CallOutcome.Failed failed -> failed(failed, Spending.NONE);
      case CallOutcome.Late late -> late(late.spending());
    };
  }

  private Turn repaired(CallOutcome second, Spending before) {
    Spending spent = before.plus(second.spending());
    return switch (second) {
      case CallOutcome.Answered(String answer, Spending ignored) ->
          switch (reader.read(answer)) {
            case Reading.Valid(Opinion opinion) -> voted(opinion, spent);
            case Reading.Invalid(String error) ->
                abstained(
                    Outcomes.INVALID_OUTPUT,
                    "the answer did not fit the schema, repaired neither: " + error,
                    spent);
          };
      case CallOutcome.Failed failed -> failed(failed, before);
      case CallOutcome.Late late -> late(spent);
    };
  }

  private static Turn voted(Opinion opinion, Spending spent) {
    return new Turn(new Ballot.Voted(opinion), false, spent);
  }

  private static Turn failed(CallOutcome.Failed failed, Spending before) {
    var abstained = new Ballot.Abstained(failed.reason(), failed.message());
    // A budget that is spent is spent for every model.
    boolean replaceable = !failed.reason().equals(Outcomes.BUDGET);
    return new Turn(abstained, replaceable, before.plus(failed.spending()));
  }

  private static Turn late(Spending spent) {
    return abstained(Outcomes.TIMEOUT, "no answer before the review's deadline", spent);
  }

  private static Turn abstained(String reason, String message, Spending spent) {
    return new Turn(new Ballot.Abstained(reason, message), false, spent);
  }
}
