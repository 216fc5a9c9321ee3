package dev.flotilla.router.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Money;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.confidence.Confidence;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.exchange.Assembly;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.upstream.AnswerStream;
import dev.flotilla.router.upstream.StreamEvent;
import dev.flotilla.router.validation.BrokenRule;
import dev.flotilla.router.validation.Judgement;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes replies in the words of the way they came in: headers, the {@code route} object, whole
 * bodies and streams.
 */
final class ReplyWriter {
  /**
   * How a reply ended, and what is known of it now.
   *
   * @param broken what was wrong with the last candidate's answer; empty when nothing was
   * @param tokens what the answer took of its key's limit; null when nobody knows
   */
  record Written(
      RouteFacts facts, boolean complete, List<BrokenRule> broken, @Nullable Long tokens) {}

  /**
   * Writes a reply.
   *
   * @return what is known at its end: a stream's attempts are only known then
   * @throws IOException when the caller left
   */
  Written write(Reply reply, ChatRequest request, Wording wording, Visit visit, Journey journey)
      throws IOException {
    headers(reply, visit, journey);
    return switch (reply) {
      case Reply.Refused refused when refused.decision() != null -> {
        ObjectNode decision = refused.decision();
        visit.setHeader("location", "/v1/decisions/" + decision.path("id").asText());
        decision.set("error", errorBody(refused, journey).path("error"));
        visit.send(202, decision);
        yield new Written(reply.facts(), false, refused.broken(), 0L);
      }
      case Reply.Refused refused -> {
        visit.send(refused.error().status(), visit.inDialect(errorBody(refused, journey)));
        yield new Written(reply.facts(), false, refused.broken(), 0L);
      }
      case Reply.Whole whole -> {
        if (request.stream()) {
          replay(whole, wording.stream(request), visit, journey);
        } else {
          visit.send(200, wording.whole(body(whole, visit, journey)));
        }
        boolean kept = reply.facts().cache() == RouteFacts.CacheResult.HIT;
        long tokens = kept ? 0 : Tokens.used(whole.completion().body().path("usage"));
        yield new Written(reply.facts(), true, reply.facts().brokenByLast(), tokens);
      }
      case Reply.Flowing flowing -> relay(flowing, wording.stream(request), visit, journey);
    };
  }

  private static void headers(Reply reply, Visit visit, Journey journey) {
    RouteFacts facts = reply.facts();
    visit.setHeader(FleetHeaders.CACHE, facts.cache().name());
    if (facts.age() != null) {
      visit.setHeader("age", Long.toString(facts.age().toSeconds()));
    }
    if (facts.modelId() != null) {
      visit.setHeader(FleetHeaders.MODEL_USED, facts.modelId());
      visit.setHeader(FleetHeaders.PROVIDER, String.valueOf(facts.provider()));
    }
    Classification type = facts.classification();
    if (type != null) {
      visit.setHeader(FleetHeaders.ROUTED_TASK_TYPE, type.taskType().word());
      visit.setHeader(
          FleetHeaders.TASK_CONFIDENCE, String.format(Locale.ROOT, "%.2f", type.confidence()));
    }
    visit.setHeader(FleetHeaders.ROUTED_BY, type == null ? "hint" : type.decidedBy().word());
    visit.setHeader(FleetHeaders.FALLBACK_COUNT, Integer.toString(facts.hops().size()));
    visit.setHeader(FleetHeaders.RETRY_COUNT, Integer.toString(facts.retries()));
    String reason = facts.fallbackReason();
    if (reason != null) {
      visit.setHeader(FleetHeaders.FALLBACK_REASON, reason);
    }
    if (!facts.broken().isEmpty()) {
      visit.setHeader(FleetHeaders.VALIDATION, FleetHeaders.FAILED);
    }
    if (facts.simulated()) {
      visit.setHeader(FleetHeaders.SIMULATED, "true");
    }
    if (!(reply instanceof Reply.Flowing)) {
      visit.setHeader(FleetHeaders.COST_USD, Money.plainUsd(facts.costNanos()));
    }
    if (reply instanceof Reply.Refused refused) {
      if (refused.retryAfterMillis() != null) {
        visit.setHeader("retry-after-ms", Long.toString(refused.retryAfterMillis()));
        visit.setHeader("retry-after", Long.toString((refused.retryAfterMillis() + 999) / 1000));
      }
      if (refused.error().status() >= 429) {
        visit.setHeader(FleetHeaders.SHOULD_RETRY, Boolean.toString(refused.worthRetrying()));
      }
    }
    journey.standing().ifPresent(standing -> standing.headers(visit::setHeader));
    visit.setHeader(
        "server-timing",
        "cache;dur=" + journey.cacheMillis() + ", provider;dur=" + journey.providerMillis());
    visit.setHeader(FleetHeaders.OVERHEAD_MS, Long.toString(journey.overheadNanos() / 1_000_000));
  }

  private static ObjectNode errorBody(Reply.Refused refused, Journey journey) {
    ObjectNode body = refused.error().body(journey.requestId());
    ObjectNode error = (ObjectNode) body.path("error");
    if (!refused.facts().attempts().isEmpty()) {
      attempts(error, "attempts", refused.facts().attempts());
    }
    if (!refused.broken().isEmpty()) {
      broken(error, "validation", refused.broken());
    }
    return body;
  }

  private static ObjectNode body(Reply.Whole whole, Visit visit, Journey journey) {
    ObjectNode body = Json.object().setAll(whole.completion().body());
    body.put("model", String.valueOf(whole.facts().modelId()));
    ObjectNode usage = Json.object();
    if (body.path("usage") instanceof ObjectNode reported) {
      usage.setAll(reported);
    }
    usage.put("cost", Money.usd(whole.facts().costNanos()));
    body.set("usage", usage);
    if (wantsRoute(visit)) {
      body.set("route", route(whole.facts(), visit, journey));
    }
    return body;
  }

  private static ObjectNode route(RouteFacts facts, Visit visit, Journey journey) {
    ObjectNode route = Json.object();
    Classification type = facts.classification();
    if (type != null) {
      route.put("task_type", type.taskType().word());
      route.put("confidence", type.confidence());
    }
    route.put("decided_by", type == null ? "hint" : type.decidedBy().word());
    route.put("cache", facts.cache().name().toLowerCase(Locale.ROOT));
    route.put("fallback_count", facts.hops().size());
    if (!facts.broken().isEmpty()) {
      route.put("validation", FleetHeaders.FAILED);
      broken(route, "broken_rules", facts.broken());
    }
    route.put("trace_id", journey.traceId());
    confidence(route, facts, visit, journey);
    if (!facts.classifying().isEmpty()) {
      attempts(route, "classifying", facts.classifying());
    }
    attempts(route, "attempts", facts.attempts());
    return route;
  }

  /** How sure one may be of the answer, and on demand why, and of those that were not given. */
  private static void confidence(ObjectNode route, RouteFacts facts, Visit visit, Journey journey) {
    journey
        .confidence(facts.modelId())
        .ifPresent(given -> route.put("confidence_score", given.score()));
    List<Confidence> all = journey.confidences();
    if (all.isEmpty() || !visit.header("x-route-explain").map("true"::equals).orElse(false)) {
      return;
    }
    var list = route.putArray("confidences");
    for (Confidence each : all) {
      ObjectNode one = list.addObject().put("model", each.model()).put("score", each.score());
      one.put("accepted", each.accepted());
      one.putObject("features")
          .put("logprob", each.features().logprob())
          .put("agreement", each.features().agreement())
          .put("stated", each.features().stated());
    }
  }

  private static void attempts(ObjectNode into, String name, List<AttemptReport> attempts) {
    var list = into.putArray(name);
    for (AttemptReport attempt : attempts) {
      int slash = attempt.model().indexOf('/');
      ObjectNode one = list.addObject();
      one.put("provider", attempt.model().substring(0, Math.max(0, slash)));
      one.put("model", attempt.model());
      one.put("outcome", attempt.outcome());
      one.put("status", attempt.status());
      one.put("duration_ms", attempt.ms());
      one.put("cost", attempt.costNanos() == null ? null : Money.usd(attempt.costNanos()));
    }
  }

  /** Shows a whole answer to a caller who asked for a stream. */
  private static void replay(Reply.Whole whole, StreamWording words, Visit visit, Journey journey)
      throws IOException {
    var shown = new Completion(body(whole, visit, journey));
    try (OutputStream out = visit.beginEvents()) {
      for (ObjectNode chunk : shown.asChunks()) {
        out.write(words.chunk(Json.text(chunk), chunk));
      }
      ObjectNode last = shown.usageChunk();
      if (wantsRoute(visit)) {
        last.set("route", shown.body().path("route"));
      }
      out.write(words.end(last));
    }
  }

  /** Passes a stream on. One that breaks ends in an error event and without its last words. */
  private static Written relay(
      Reply.Flowing flowing, StreamWording words, Visit visit, Journey journey) throws IOException {
    try (AnswerStream stream = flowing.stream();
        OutputStream out = visit.beginEvents()) {
      try {
        return pass(stream, out, flowing, words, visit, journey);
      } catch (RuntimeException bug) {
        // Without this the stream would end like a finished one: no client notices missing last
        // words.
        visit.out().broken();
        // And the words themselves may be what failed.
        ObjectNode error = error("internal_error", "the router failed", visit);
        out.write(SseEvent.named("error", Json.text(error)).bytes());
        throw bug;
      }
    }
  }

  private static Written pass(
      AnswerStream stream,
      OutputStream out,
      Reply.Flowing flowing,
      StreamWording words,
      Visit visit,
      Journey journey)
      throws IOException {
    var assembly = new Assembly();
    while (true) {
      switch (stream.next()) {
        case StreamEvent.Chunk(var data, var chunk) -> {
          assembly.add(chunk);
          out.write(words.chunk(data, chunk));
          out.flush();
        }
        case StreamEvent.KeepAlive() -> {
          out.write(words.keepAlive());
          out.flush();
        }
        case StreamEvent.Finished(var usage, var attempts) -> {
          RouteFacts facts = flowing.facts().with(attempts);
          ObjectNode last = usage == null ? Json.object() : usage;
          if (flowing.end().apply(assembly.completion(last.path("usage")))
              instanceof Judgement.Refused(var broken)) {
            visit.out().broken();
            out.write(words.broken(invalid(broken, visit)));
            return new Written(facts, false, broken, Tokens.used(last.path("usage")));
          }
          last.withObject("/usage").put("cost", Money.usd(facts.costNanos()));
          if (wantsRoute(visit)) {
            last.set("route", route(facts, visit, journey));
          }
          out.write(words.end(last));
          return new Written(facts, true, List.of(), Tokens.used(last.path("usage")));
        }
        case StreamEvent.Broken(var reason, var message, var attempts) -> {
          visit.out().broken();
          out.write(words.broken(error(reason, message, visit)));
          return new Written(flowing.facts().with(attempts), false, List.of(), null);
        }
      }
    }
  }

  /** What was passed on already cannot be taken back; it can only be kept from looking good. */
  private static ObjectNode invalid(List<BrokenRule> broken, Visit visit) {
    var error =
        new ApiError(
            502,
            "upstream_error",
            "output_invalid",
            "The answer is complete but does not pass validation: " + broken.getFirst().message(),
            null,
            "provider");
    ObjectNode body = error.body(visit.requestId());
    broken((ObjectNode) body.path("error"), "validation", broken);
    return visit.inDialect(body);
  }

  private static void broken(ObjectNode into, String name, List<BrokenRule> broken) {
    var list = into.putArray(name);
    broken.forEach(rule -> list.add(rule.toJson()));
  }

  private static ObjectNode error(String reason, String message, Visit visit) {
    return visit.inDialect(broken(reason, message).body(visit.requestId()));
  }

  private static ApiError broken(String reason, String message) {
    return new ApiError(
        reason.equals(Outcomes.TIMEOUT) ? 504 : 502,
        "upstream_error",
        "stream_" + reason,
        "The answer broke off: " + message + ". What came before is incomplete.",
        null,
        "provider");
  }

  private static boolean wantsRoute(Visit visit) {
    return !visit.header("x-route-details").map("off"::equalsIgnoreCase).orElse(false);
  }
}
