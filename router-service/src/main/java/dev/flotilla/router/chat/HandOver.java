package dev.flotilla.router.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.UlidCreator;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.OnExhausted;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.upstream.ReviewService;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * Asks a person what no model could answer, where the request or the policy of its task type wants
 * that. To who counts it stays what it was, a request without an answer. Thread-safe.
 */
final class HandOver {
  private static final System.Logger LOG = System.getLogger(HandOver.class.getName());
  private static final Duration WITHIN = Duration.ofDays(1);

  /** What another model, or the same one later, might have answered. */
  private static final Set<String> HANDED =
      Set.of("all_providers_failed", "circuit_open", "output_invalid");

  private final RoutePolicy policy;
  private final ReviewService people;

  HandOver(RoutePolicy policy, ReviewService people) {
    this.policy = policy;
    this.people = people;
  }

  /** The reply with the question that was put to people, or as it was. */
  Reply of(Reply reply, ChatRequest request, Journey journey) {
    return reply instanceof Reply.Refused refused
            && HANDED.contains(refused.error().code())
            && policy.onExhausted(request, refused.facts().classification()) == OnExhausted.HUMAN
        ? asked(refused, request, journey)
        : reply;
  }

  private Reply asked(Reply.Refused refused, ChatRequest request, Journey journey) {
    ObjectNode question = Json.object();
    question.put("id", "dec_" + UlidCreator.getMonotonicUlid());
    question.put("team", journey.caller().team()).put("queue", "requests");
    question.put("title", "No model could answer a request (" + refused.error().code() + ")");
    ObjectNode show = question.putObject("show");
    show.set("request", request.body());
    show.put("request_id", journey.requestId());
    show.put("why", refused.error().message());
    question.putArray("decisions").add("answered").add("declined");
    question.put("deadline", Instant.now().plus(WITHIN).toString());
    ReviewService.Said said =
        people.post(
            "/v1/decisions",
            question,
            new ReviewService.Asking(
                journey.caller(),
                journey.requestId(),
                Tracing.traceparent(journey.root()),
                journey.purpose(),
                null,
                null));
    if (!said.good()) {
      LOG.log(Level.WARNING, "nobody could be asked instead of models: {0}", said.message());
      return refused;
    }
    // Who asks again would only put the same question twice.
    return new Reply.Refused(
        refused.error(), refused.facts(), null, false, refused.broken(), said.body());
  }
}
