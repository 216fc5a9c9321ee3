package dev.flotilla.provider.completion;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.contracts.telemetry.SpanNames;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.provider.pricing.Ceiling;
import dev.flotilla.provider.resilience.Evidence;
import dev.flotilla.provider.resilience.Pass;
import dev.flotilla.provider.spool.Spool;
import dev.flotilla.provider.telemetry.AttemptMetrics;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import java.time.InstantSource;

/** Begins attempts. Thread-safe. */
public final class Attempts {
  private final Catalog catalog;
  private final Spool spool;
  private final AttemptMetrics metrics;
  private final Tracing tracing;
  private final InstantSource clock;

  /**
   * @param catalog its version is told with each attempt, so that others can price it again
   */
  public Attempts(
      Catalog catalog, Spool spool, AttemptMetrics metrics, Tracing tracing, InstantSource clock) {
    this.catalog = catalog;
    this.spool = spool;
    this.metrics = metrics;
    this.tracing = tracing;
    this.clock = clock;
  }

  /**
   * An attempt that is only planned: nothing is written down or sent yet. The price is fixed. From
   * here on the pass is the attempt's to give back.
   */
  Attempt plan(Call call, Pass pass) {
    try {
      return planned(call, pass.model(), pass);
    } catch (RuntimeException | Error bug) {
      pass.giveBack(Evidence.NONE);
      pass.notSent();
      throw bug;
    }
  }

  private Attempt planned(Call call, Model model, Pass pass) {
    var now = clock.instant();
    var price = model.priceAt(now);
    long ceiling = Ceiling.nanos(model, price, call.body(), call.bodyBytes());
    String id = UuidCreator.getTimeOrderedEpoch().toString();
    Span span = span(call, model, id);
    var intent =
        new LedgerEntry(
            id,
            EntryState.UNKNOWN,
            call.requestId(),
            call.run(),
            call.pipeline(),
            call.step(),
            call.origin(),
            call.caller().team(),
            call.caller().key(),
            call.caller().project(),
            call.taskType(),
            model.provider().id(),
            model.id(),
            null,
            catalog.version(),
            model.provider().simulated(),
            now,
            null,
            null,
            null,
            null,
            false,
            AttemptUsage.NONE,
            null,
            0,
            ceiling,
            call.tags().isEmpty() ? null : call.tags(),
            span.getSpanContext().isSampled() ? Tracing.traceparent(span) : null,
            null);
    // A token has at least a byte.
    boolean surelyFits = call.bodyBytes() <= model.contextTokens();
    return new Attempt(intent, catalog, model, call.body(), surelyFits, pass, span, spool, metrics);
  }

  private Span span(Call call, Model model, String id) {
    String operation = model.embeds() ? "embeddings" : "chat";
    Span span = tracing.span(operation + " " + model.id(), SpanKind.CLIENT, call.trace());
    if (span.isRecording()) {
      span.setAttribute(SpanNames.OPERATION, operation);
      span.setAttribute(SpanNames.PROVIDER_NAME, model.provider().id());
      span.setAttribute(SpanNames.REQUEST_MODEL, model.id());
      span.setAttribute(SpanNames.ATTEMPT_ID, id);
      span.setAttribute(SpanNames.TEAM, call.caller().team());
      if (call.taskType() != null) {
        span.setAttribute(SpanNames.TASK_TYPE, call.taskType());
      }
    }
    return span;
  }
}
