package dev.flotilla.cost.ledger;

import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.contracts.telemetry.SpanNames;
import dev.flotilla.kit.telemetry.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** The last span of an attempt's trace: its money has arrived in the ledger. */
@ApplicationScoped
class SettleSpans {
  private final Tracing tracing;

  @Inject
  SettleSpans(Tracing tracing) {
    this.tracing = tracing;
  }

  /** Does nothing for an entry without a sampled trace. */
  void settled(LedgerEntry entry) {
    if (entry.traceparent() == null) {
      return;
    }
    Context parent = Tracing.received(entry.traceparent());
    if (!Span.fromContext(parent).getSpanContext().isSampled()) {
      return;
    }
    Span span = tracing.span(SpanNames.SETTLE, SpanKind.CONSUMER, parent);
    span.setAttribute(SpanNames.ATTEMPT_ID, entry.attemptId());
    span.setAttribute("flotilla.ledger.state", entry.state());
    span.setAttribute(SpanNames.TEAM, entry.team());
    if (entry.costNanos() != null) {
      span.setAttribute(SpanNames.COST_NANOS, entry.costNanos());
    }
    span.end();
  }
}
