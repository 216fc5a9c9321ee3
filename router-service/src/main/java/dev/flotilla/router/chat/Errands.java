package dev.flotilla.router.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.exchange.Assembly;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.upstream.AnswerStream;
import dev.flotilla.router.upstream.StreamEvent;
import dev.flotilla.router.validation.BrokenRule;
import dev.flotilla.router.validation.Judgement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Where requests are answered that this fleet makes itself. They go the road of a caller's own
 * ({@link Router}): the same limits, cache, routing, fallbacks, explanations and metrics. Nobody
 * waits at a door for them, so what is too soon is said as that and not as an error. Thread-safe.
 */
public final class Errands {
  private static final Set<String> TOO_SOON = Set.of("rate_limit_exceeded", "overloaded");

  /** What is said when nobody answered; also to those who ask the same a moment later. */
  private static final Set<String> FAILED = Set.of("all_providers_failed", "circuit_open");

  private final Router router;
  private final RoutePolicy policy;
  private final ChatMetrics metrics;
  private final Explanations explanations;
  private final Tracing tracing;

  Errands(
      Router router,
      RoutePolicy policy,
      ChatMetrics metrics,
      Explanations explanations,
      Tracing tracing) {
    this.router = router;
    this.policy = policy;
    this.metrics = metrics;
    this.explanations = explanations;
    this.tracing = tracing;
  }

  /** Who could be asked, or why nobody can. */
  public sealed interface Candidates {
    /** Best first, at least one. */
    record Known(List<Model> models) implements Candidates {}

    /** What the request would be told. */
    record None(ApiError error) implements Candidates {}
  }

  /** Who would be asked; nobody is. */
  public Candidates candidates(ChatRequest request, Caller caller) {
    return switch (policy.planFor(request, caller)) {
      case RoutePolicy.Planned.Ready(var plan) -> new Candidates.Known(plan.candidates());
      case RoutePolicy.Planned.Refused(var error) -> new Candidates.None(error);
    };
  }

  /**
   * Runs an errand to its end.
   *
   * @param words told each piece of a text that is asked for as a stream, as it comes
   */
  public Brought run(ChatRequest request, Errand errand, Consumer<String> words) {
    metrics.begin();
    try (Journey journey = journey(request, errand)) {
      Reply reply = router.answer(request, journey);
      long overhead = journey.overheadNanos();
      Ended ended =
          reply instanceof Reply.Flowing flowing
              ? readThrough(flowing, words)
              : ended(reply, journey);
      if (ended.written().tokens() != null) {
        journey.used(ended.written().tokens());
      }
      metrics.end(journey.purpose(), reply, ended.written(), overhead, journey.tookNanos());
      explanations.ended(request, journey, reply, ended.written(), overhead);
      return ended.brought();
    } finally {
      metrics.done();
    }
  }

  private record Ended(Brought brought, ReplyWriter.Written written) {}

  private Journey journey(ChatRequest request, Errand errand) {
    return new Journey(
        errand.caller(),
        errand.policy(),
        errand.requestId(),
        errand.deadline(),
        errand.span(),
        tracing,
        Json.bytes(request.body()).length,
        System.nanoTime(),
        errand.idempotencyKey(),
        errand.purpose(),
        errand.worthKeeping());
  }

  private static Ended ended(Reply reply, Journey journey) {
    RouteFacts facts = reply.facts();
    return switch (reply) {
      case Reply.Whole whole -> {
        boolean kept = facts.cache() == RouteFacts.CacheResult.HIT;
        long tokens = kept ? 0 : Tokens.used(whole.completion().body().path("usage"));
        yield new Ended(
            new Brought.Answer(whole.completion(), facts(facts)),
            new ReplyWriter.Written(facts, true, facts.brokenByLast(), tokens));
      }
      case Reply.Refused refused ->
          new Ended(
              refused(refused, journey),
              new ReplyWriter.Written(facts, false, refused.broken(), 0L));
      case Reply.Flowing flowing -> throw new IllegalStateException("a stream is read through");
    };
  }

  private static Brought refused(Reply.Refused refused, Journey journey) {
    ApiError error = refused.error();
    Long wait = refused.retryAfterMillis();
    boolean tooSoon =
        TOO_SOON.contains(error.code())
            || (FAILED.contains(error.code()) && !journey.reached() && !journey.untold());
    if (tooSoon && !journey.deadline().passed()) {
      return new Brought.Later(
          error, Duration.ofMillis(wait == null ? 1_000 : wait), facts(refused.facts()));
    }
    return new Brought.Refused(
        error,
        refused.broken(),
        wait != null || error.status() >= 500,
        journey.untold(),
        facts(refused.facts()));
  }

  private static Ended readThrough(Reply.Flowing flowing, Consumer<String> words) {
    var assembly = new Assembly();
    try (AnswerStream stream = flowing.stream()) {
      while (true) {
        switch (stream.next()) {
          case StreamEvent.KeepAlive() -> {}
          case StreamEvent.Chunk(var data, ObjectNode chunk) -> {
            assembly.add(chunk);
            String piece = chunk.at("/choices/0/delta/content").asText("");
            if (!piece.isEmpty()) {
              words.accept(piece);
            }
          }
          case StreamEvent.Finished(var usage, var attempts) -> {
            RouteFacts facts = flowing.facts().with(attempts);
            JsonNode used = usage == null ? Json.object() : usage.path("usage");
            Completion whole = assembly.completion(used);
            Long tokens = Tokens.used(used);
            return flowing.end().apply(whole) instanceof Judgement.Refused(var broken)
                ? new Ended(
                    new Brought.Refused(invalid(broken), broken, false, false, facts(facts)),
                    new ReplyWriter.Written(facts, false, broken, tokens))
                : new Ended(
                    new Brought.Answer(whole, facts(facts)),
                    new ReplyWriter.Written(facts, true, List.of(), tokens));
          }
          case StreamEvent.Broken(var reason, var message, var attempts) -> {
            RouteFacts facts = flowing.facts().with(attempts);
            return new Ended(
                new Brought.Refused(broken(reason, message), List.of(), true, false, facts(facts)),
                new ReplyWriter.Written(facts, false, List.of(), null));
          }
        }
      }
    }
  }

  private static Brought.Facts facts(RouteFacts facts) {
    var type = facts.classification();
    return new Brought.Facts(
        type == null ? null : type.taskType().word(),
        type == null ? null : type.confidence(),
        type == null ? "hint" : type.decidedBy().word(),
        facts.cache().name().toLowerCase(Locale.ROOT),
        facts.modelId(),
        facts.simulated(),
        facts.hops().size(),
        facts.fallbackReason(),
        facts.attempts(),
        facts.broken());
  }

  private static ApiError invalid(List<BrokenRule> broken) {
    return new ApiError(
        502,
        "upstream_error",
        "output_invalid",
        "The answer is complete but does not pass validation: " + broken.getFirst().message(),
        null,
        "provider");
  }

  private static ApiError broken(String reason, String message) {
    return new ApiError(
        reason.equals(Outcomes.TIMEOUT) ? 504 : 502,
        "upstream_error",
        "stream_" + reason,
        "The answer broke off: " + message + ".",
        null,
        "provider");
  }
}
