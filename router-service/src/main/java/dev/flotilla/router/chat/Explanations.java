package dev.flotilla.router.chat;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.decision.Decision;
import dev.flotilla.contracts.decision.DecisionHop;
import dev.flotilla.contracts.decision.DecisionOutcome;
import dev.flotilla.contracts.decision.DecisionSignal;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.decisions.DecisionLog;
import dev.flotilla.router.exchange.AnsweredTokens;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.gain.GainDecision;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Tells cost-service how each reply came about, and the caller what it saved. A request whose body
 * could not be read is not told: nothing was decided about it.
 */
public final class Explanations {
  /** The caller left; nobody saw a status. The number is the one proxies log. */
  private static final int CALLER_LEFT = 499;

  /** As much as fits into the header that carries tags to the ledger. */
  private static final int MOST_TAG_CHARACTERS = 2_048;

  private final Catalog catalog;
  private final @Nullable Model baseline;
  private final DecisionLog log;

  /**
   * @param baseline who would have been asked without routing; null when nobody said so
   */
  public Explanations(Catalog catalog, @Nullable Model baseline, DecisionLog log) {
    this.catalog = catalog;
    this.baseline = baseline;
    this.log = log;
  }

  /** A reply that was written, whole or broken off. */
  void ended(
      ChatRequest request,
      Journey journey,
      Reply reply,
      ReplyWriter.Written written,
      long overheadNanos) {
    int status = reply instanceof Reply.Refused refused ? refused.error().status() : 200;
    String outcome =
        switch (reply) {
          case Reply.Refused r when status < 500 -> DecisionOutcome.CLIENT_ERROR;
          case Reply.Refused r -> DecisionOutcome.SERVER_ERROR;
          case Reply a when !written.complete() -> DecisionOutcome.SERVER_ERROR;
          case Reply a ->
              written.facts().broken().isEmpty()
                  ? DecisionOutcome.SUCCESS
                  : DecisionOutcome.BEST_EFFORT;
        };
    add(request, journey, reply, outcome, status, overheadNanos);
  }

  /** A reply whose caller left before its end. */
  void abandoned(ChatRequest request, Journey journey, Reply reply, long overheadNanos) {
    add(request, journey, reply, DecisionOutcome.CLIENT_ERROR, CALLER_LEFT, overheadNanos);
  }

  private void add(
      ChatRequest request,
      Journey journey,
      Reply reply,
      String outcome,
      int status,
      long overheadNanos) {
    RouteFacts facts = reply.facts();
    Classification type = facts.classification();
    var took = Duration.ofNanos(System.nanoTime() - journey.startNanos());
    SpanContext span = journey.root().getSpanContext();
    log.add(
        new Decision(
            journey.requestId(),
            Instant.now().minus(took),
            journey.caller().team(),
            journey.caller().key(),
            journey.caller().project(),
            journey.purpose().origin(),
            type == null ? null : type.taskType().word(),
            type == null ? null : type.confidence(),
            type == null ? "hint" : type.decidedBy().word(),
            type == null ? List.of() : type.matchedRules(),
            facts.cache().name().toLowerCase(Locale.ROOT),
            facts.modelId(),
            simulated(facts),
            facts.hops().size(),
            facts.fallbackReason(),
            outcome,
            status,
            request.stream(),
            overheadNanos / 1_000_000,
            took.toMillis(),
            span.isValid() ? span.getTraceId() : null,
            tags(request),
            // A model that converses is no alternative to one that embeds.
            baseline == null || request.embeds() ? null : baseline.id(),
            catalog.version(),
            reply instanceof Reply.Whole whole
                ? AnsweredTokens.of(whole.completion()).usage()
                : AttemptUsage.NONE,
            type == null ? null : signals(type, journey),
            hops(facts)));
  }

  private static List<DecisionHop> hops(RouteFacts facts) {
    return facts.hops().stream()
        .map(hop -> new DecisionHop(hop.model().id(), hop.failure().reason()))
        .toList();
  }

  private static List<DecisionSignal> signals(Classification type, Journey journey) {
    var signals = new ArrayList<DecisionSignal>();
    for (Classification.Signal signal : type.signals()) {
      signals.add(
          new DecisionSignal(signal.from().word(), signal.taskType().word(), signal.confidence()));
    }
    GainDecision gain = journey.gain();
    if (gain != null) {
      signals.add(new DecisionSignal("gain", gain.chose(), gain.gain()));
    }
    journey
        .drawn()
        .ifPresent(
            draw ->
                signals.add(new DecisionSignal("shadow", draw.second().id(), draw.propensity())));
    return List.copyOf(signals);
  }

  /**
   * What a whole answer saved: beside the baseline's price for a fresh one, all its attempts
   * counted; beside its own model's price for one from the cache. Negative when routing cost more.
   * Empty for a stream, without prices, and when the caller named the model.
   */
  OptionalLong savedNanos(Reply reply) {
    if (!(reply instanceof Reply.Whole whole)) {
      return OptionalLong.empty();
    }
    RouteFacts facts = whole.facts();
    boolean hit = facts.cache() == RouteFacts.CacheResult.HIT;
    String model = facts.modelId();
    Model instead = hit && model != null ? catalog.find(model).orElse(null) : baseline;
    AnsweredTokens answered = AnsweredTokens.of(whole.completion());
    if (instead == null || !answered.counted() || (!hit && facts.classification() == null)) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(
          Math.subtractExact(answered.nanosFrom(instead, Instant.now()), facts.costNanos()));
    } catch (ArithmeticException absurdCount) {
      return OptionalLong.empty();
    }
  }

  private static boolean simulated(RouteFacts facts) {
    Model asked = facts.lastAsked();
    return facts.simulated()
        || (facts.modelId() == null && asked != null && asked.provider().simulated());
  }

  /** None rather than too many: a queue of explanations must not hold somebody's megabytes. */
  private static @Nullable Map<String, String> tags(ChatRequest request) {
    Map<String, String> tags = request.tags();
    int characters =
        tags.entrySet().stream().mapToInt(t -> t.getKey().length() + t.getValue().length()).sum();
    return tags.isEmpty() || characters > MOST_TAG_CHARACTERS ? null : tags;
  }
}
