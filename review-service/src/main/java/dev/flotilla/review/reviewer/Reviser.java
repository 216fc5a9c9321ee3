package dev.flotilla.review.reviewer;

import dev.flotilla.catalog.Model;
import dev.flotilla.kit.telemetry.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import java.util.Optional;

/** Has a model make its work again. Thread-safe. */
public final class Reviser {
  /** No reviewer's call has this number. */
  private static final int TURN = 0;

  private final ModelCaller models;
  private final Prompt prompt;
  private final Tracing tracing;

  public Reviser(ModelCaller models, Prompt prompt, Tracing tracing) {
    this.models = models;
    this.prompt = prompt;
    this.tracing = tracing;
  }

  /** A new version, and what it cost. */
  public record Revised(String artifact, Spending spending) {}

  /**
   * Asks once; empty when the model has nothing to say, or cannot be asked.
   *
   * @param objections what is wrong with it, a line each
   */
  public Optional<Revised> revise(
      Model author, Assignment assignment, String objections, Errand errand) {
    Span span = tracing.span("revise " + author.id(), SpanKind.INTERNAL, errand.trace());
    try {
      return models.call(
                      author,
                      TURN,
                      prompt.revision(assignment, objections),
                      errand,
                      Tracing.traceparent(span))
                  instanceof CallOutcome.Answered(String text, Spending spent)
              && !text.isBlank()
          ? Optional.of(new Revised(text.strip(), spent))
          : Optional.empty();
    } finally {
      span.end();
    }
  }
}
