package dev.flotilla.router.chat;

import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.admission.Reservation;
import dev.flotilla.router.admission.Standing;
import dev.flotilla.router.cache.CachedAnswer;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.confidence.Confidence;
import dev.flotilla.router.confidence.Gates;
import dev.flotilla.router.door.KeyPolicy;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.exchange.Purpose;
import dev.flotilla.router.flight.Flight;
import dev.flotilla.router.gain.GainDecision;
import dev.flotilla.router.lanes.Place;
import dev.flotilla.router.shadow.Shadows;
import dev.flotilla.router.upstream.CallOutcome;
import dev.flotilla.router.upstream.ModelCall;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What accompanies one request on its way through the router, and how long its stages took. One
 * thread at a time.
 */
final class Journey implements AutoCloseable {
  private final Caller caller;
  private final KeyPolicy policy;
  private final String requestId;
  private final Deadline deadline;
  private final Span root;
  private final Tracing tracing;
  private final int bodyBytes;
  private final long startNanos;
  private final @Nullable String idempotencyKey;
  private final Purpose purpose;
  private final Predicate<Completion> worthKeeping;
  private @Nullable String cacheKey;
  private long cacheNanos;
  private long providerNanos;
  private final List<AttemptReport> classifying = new ArrayList<>();
  private Optional<Shadows.Draw> drawn = Optional.empty();
  private @Nullable GainDecision gain;
  private final List<Confidence> confidences = new ArrayList<>();
  private long spentNanos;
  private boolean untold;
  private boolean reached;
  private @Nullable Reservation reservation;
  private @Nullable Standing standing;
  private @Nullable Flight<CachedAnswer> flight;
  private @Nullable Place place;

  Journey(
      Caller caller,
      KeyPolicy policy,
      String requestId,
      Deadline deadline,
      Span root,
      Tracing tracing,
      int bodyBytes,
      long startNanos,
      @Nullable String idempotencyKey,
      Purpose purpose,
      Predicate<Completion> worthKeeping) {
    this.caller = caller;
    this.policy = policy;
    this.requestId = requestId;
    this.deadline = deadline;
    this.root = root;
    this.tracing = tracing;
    this.bodyBytes = bodyBytes;
    this.startNanos = startNanos;
    this.idempotencyKey = idempotencyKey;
    this.purpose = purpose;
    this.worthKeeping = worthKeeping;
  }

  /**
   * Where the answer to this request is kept.
   *
   * @param made asked the first time only
   */
  String cacheKey(Supplier<String> made) {
    if (cacheKey == null) {
      cacheKey = made.get();
    }
    return cacheKey;
  }

  Caller caller() {
    return caller;
  }

  /** What holds for the caller's key. */
  KeyPolicy policy() {
    return policy;
  }

  String requestId() {
    return requestId;
  }

  Deadline deadline() {
    return deadline;
  }

  Span root() {
    return root;
  }

  /** What it is made for. */
  Purpose purpose() {
    return purpose;
  }

  /** Whether others may be given an answer that passed the plan's validators. */
  boolean worthKeeping(Completion completion) {
    return worthKeeping.test(completion);
  }

  /** When it began, on {@link System#nanoTime()}. */
  long startNanos() {
    return startNanos;
  }

  /** Length of the request's body as it came. */
  int bodyBytes() {
    return bodyBytes;
  }

  String traceId() {
    return root.getSpanContext().getTraceId();
  }

  /** What accompanies the next call to a model: it may cost what the earlier ones left over. */
  ModelCall call(ChatRequest request, @Nullable Classification type, boolean cheapest) {
    return call(request, type, cheapest, purpose);
  }

  private ModelCall call(
      ChatRequest request, @Nullable Classification type, boolean cheapest, Purpose made) {
    return new ModelCall(
        caller,
        requestId,
        made,
        type == null ? null : type.taskType(),
        deadline,
        left(request),
        cheapest,
        request.tags(),
        idempotencyKey);
  }

  /** What accompanies a call that is to find out what kind of work this is. */
  ModelCall classifying(ChatRequest request, Deadline until) {
    return new ModelCall(
        caller,
        requestId,
        purpose.classifying(),
        null,
        until,
        left(request),
        false,
        request.tags(),
        null);
  }

  /** What a request may still cost, nano-dollars; null is no limit. */
  private @Nullable Long left(ChatRequest request) {
    Long most = request.hints().maxCostNanos();
    return most == null ? null : Math.max(0, most - spentNanos);
  }

  /** What accompanies a call that asks a candidate once more. */
  ModelCall sampling(ChatRequest request, @Nullable Classification type, boolean cheapest) {
    return call(request, type, cheapest, purpose.sampling());
  }

  /** Takes note of what was made of a candidate's answer. */
  CallOutcome assessed(Gates.Judged judged) {
    if (judged.confidence() != null) {
      confidences.add(judged.confidence());
    }
    return judged.outcome();
  }

  /** What was made of the answers that were doubted, in order. */
  List<Confidence> confidences() {
    return List.copyOf(confidences);
  }

  /** What was made of a model's answer; empty when nobody doubted it. */
  Optional<Confidence> confidence(@Nullable String model) {
    return confidences.stream().filter(each -> each.model().equals(model)).findFirst();
  }

  /** Takes note of how such a call ended: it is paid for like any other. */
  void heardOfItsKind(CallOutcome said) {
    spent(said.attempts());
    classifying.addAll(said.attempts());
  }

  /** Calls that were made to find out what kind of work this is, in order. */
  List<AttemptReport> classifying() {
    return List.copyOf(classifying);
  }

  /** What put the candidates in their order; null when the policy did. */
  void ordered(@Nullable GainDecision by) {
    this.gain = by;
  }

  @Nullable GainDecision gain() {
    return gain;
  }

  /** A second model is to answer it, too; empty when none is. */
  void drawn(Optional<Shadows.Draw> draw) {
    this.drawn = draw;
  }

  Optional<Shadows.Draw> drawn() {
    return drawn;
  }

  /** Takes note of how a call ended. */
  void heard(CallOutcome said) {
    spent(said.attempts());
    if (said instanceof CallOutcome.Failed failed && failed.attempts().isEmpty()) {
      boolean sent = !failed.reason().equals(Outcomes.CONNECT);
      untold |=
          sent
              && (failed.reason().equals(Outcomes.TRUNCATED)
                  || failed.reason().equals(Outcomes.TIMEOUT));
      reached |= sent;
    } else {
      reached = true;
    }
  }

  /** Whether a call broke off before anybody said what became of it: it may have been paid. */
  boolean untold() {
    return untold;
  }

  /** Whether any call came to the service that makes them. */
  boolean reached() {
    return reached;
  }

  /** Takes note of what was paid, or may have been. */
  private void spent(List<AttemptReport> attempts) {
    spentNanos = Math.addExact(spentNanos, AttemptReport.mostNanos(attempts));
  }

  /** It was let in; what it uses in the end is to be settled. */
  void admitted(Reservation reservation, Standing standing) {
    this.reservation = reservation;
    this.standing = standing;
  }

  void stands(Standing standing) {
    this.standing = standing;
  }

  /** How the key stands with its limits; empty before that is known. */
  Optional<Standing> standing() {
    return Optional.ofNullable(standing);
  }

  /** What it used is known; without a word what was set aside stays so. */
  void used(long tokens) {
    if (reservation != null) {
      reservation.settle(tokens);
    }
  }

  /** Others wait for its answer. */
  void leads(Flight<CachedAnswer> flight) {
    this.flight = flight;
  }

  /** It has a place in its lane until it ends. */
  void takes(Place place) {
    this.place = place;
  }

  /** There is an answer; others may have it or must ask for themselves. */
  void landed(CachedAnswer answer, boolean shared) {
    if (!shared) {
      notShared();
    } else if (flight != null) {
      flight.landed(answer);
    }
  }

  /** There is an answer, and it is for this request alone. */
  void notShared() {
    if (flight != null) {
      flight.notShared();
    }
  }

  /** However it ended, nobody waits for it any more. */
  @Override
  public void close() {
    if (flight != null) {
      flight.close();
    }
    if (place != null) {
      place.close();
    }
  }

  /** Runs the cache's part below a span of its own. */
  <T> T cache(String name, Function<Span, T> stage) {
    long start = System.nanoTime();
    try {
      return below(name, SpanKind.INTERNAL, stage);
    } finally {
      cacheNanos += System.nanoTime() - start;
    }
  }

  /** Runs a candidate's call below a span of its own. */
  <T> T provider(String name, Function<Span, T> stage) {
    long start = System.nanoTime();
    try {
      return below(name, SpanKind.CLIENT, stage);
    } finally {
      providerNanos += System.nanoTime() - start;
    }
  }

  /** Runs any other stage below a span of its own. */
  <T> T stage(String name, Function<Span, T> stage) {
    return below(name, SpanKind.INTERNAL, stage);
  }

  long cacheMillis() {
    return cacheNanos / 1_000_000;
  }

  long providerMillis() {
    return providerNanos / 1_000_000;
  }

  /** Time so far, models included. */
  long tookNanos() {
    return System.nanoTime() - startNanos;
  }

  /** Time so far that was neither the provider's nor spent waiting for it. */
  long overheadNanos() {
    return System.nanoTime() - startNanos - providerNanos;
  }

  private <T> T below(String name, SpanKind kind, Function<Span, T> stage) {
    Span span = tracing.span(name, kind, Context.root().with(root));
    try {
      return stage.apply(span);
    } finally {
      span.end();
    }
  }
}
