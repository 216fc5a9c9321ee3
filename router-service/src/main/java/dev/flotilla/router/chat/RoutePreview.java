package dev.flotilla.router.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Money;
import dev.flotilla.catalog.Price;
import dev.flotilla.catalog.Usage;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.cache.AnswerCache;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.exchange.CacheUse;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.gain.GainDecision;
import dev.flotilla.router.routing.Plan;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.routing.RoutePolicy.Planned;
import dev.flotilla.router.upstream.Circuits;
import java.time.InstantSource;
import java.util.Map;

/** Says what would be done with a request, and does nothing of it: no model is asked. */
final class RoutePreview {
  /** How long an answer is taken to be when its request does not say, in tokens. */
  private static final long USUAL_ANSWER_TOKENS = 500;

  private final AnswerCache cache;
  private final RoutePolicy policy;
  private final Circuits circuits;
  private final InstantSource clock;

  RoutePreview(AnswerCache cache, RoutePolicy policy, Circuits circuits, InstantSource clock) {
    this.cache = cache;
    this.policy = policy;
    this.circuits = circuits;
    this.clock = clock;
  }

  /** What came of it. */
  sealed interface Shown {
    record Good(ObjectNode preview) implements Shown {}

    /** What the request itself would be told. */
    record Bad(ApiError error) implements Shown {}
  }

  Shown of(ChatRequest request, Journey journey) {
    return switch (policy.planFor(request, journey.caller())) {
      case Planned.Refused(var error) -> new Shown.Bad(error);
      case Planned.Ready(var plan) -> new Shown.Good(preview(plan, request, journey));
    };
  }

  private ObjectNode preview(Plan plan, ChatRequest request, Journey journey) {
    ObjectNode preview = Json.object().put("object", "route.preview");
    Classification type = plan.classification();
    preview.put("task_type", type == null ? null : type.taskType().word());
    preview.put("confidence", type == null ? null : type.confidence());
    preview.put("decided_by", type == null ? "hint" : type.decidedBy().word());
    var rules = preview.putArray("matched_rules");
    if (type != null) {
      type.matchedRules().forEach(rules::add);
    }
    var signals = preview.putArray("signals");
    if (type != null) {
      for (Classification.Signal signal : type.signals()) {
        signals
            .addObject()
            .put("from", signal.from().word())
            .put("task_type", signal.taskType().word())
            .put("confidence", signal.confidence());
      }
    }
    GainDecision gain = plan.gain();
    if (gain != null) {
      signals
          .addObject()
          .put("from", "gain")
          .put("gain", gain.gain())
          .put("threshold", gain.threshold())
          .put("chose", gain.chose());
    }
    long prompt = Tokens.ofQuestion(journey);
    Long limit = request.maxTokens();
    long completion = limit == null ? USUAL_ANSWER_TOKENS : Math.max(0, limit);
    Map<String, String> states = circuits.states(journey.requestId());
    var candidates = preview.putArray("candidates");
    for (Model model : plan.candidates()) {
      long answer = Math.min(completion, model.maxOutputTokens());
      candidates
          .addObject()
          .put("model", model.id())
          .put("provider", model.provider().id())
          .put("est_cost_usd", Money.usd(cost(model, prompt, answer)))
          .put("status", states.getOrDefault(model.id(), "up"));
    }
    var passedOver = preview.putArray("passed_over");
    for (Plan.PassedOver over : plan.passedOver()) {
      passedOver.addObject().put("model", over.model().id()).put("why", over.why());
    }
    preview.put("best_effort", plan.bestEffort().word());
    preview.put("cache", kept(request, journey));
    preview.putObject("est_tokens").put("prompt", prompt).put("completion", completion);
    preview.put(
        "assumes",
        Tokens.BYTES_PER_TOKEN
            + " bytes to a token"
            + (limit == null ? ", an answer of " + USUAL_ANSWER_TOKENS + " tokens" : ""));
    preview.put("trace_id", journey.traceId());
    return preview;
  }

  private long cost(Model model, long prompt, long completion) {
    Price price = model.priceAt(clock.instant());
    return price.nanos(new Usage(prompt, 0, 0, 0, completion, 0));
  }

  private String kept(ChatRequest request, Journey journey) {
    CacheUse use = request.hints().cacheUse();
    if (!cache.enabled()) {
      return "disabled";
    }
    if (!use.reads()) {
      return use.writes() ? "refresh" : "bypass";
    }
    return cache
        .find(cache.key(request, journey.caller()))
        .filter(hit -> use.admits(hit.age()))
        .map(hit -> "hit")
        .orElse("miss");
  }
}
