package dev.flotilla.router.chat;

import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.telemetry.SpanNames;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.admission.Admission;
import dev.flotilla.router.admission.Verdict;
import dev.flotilla.router.cache.AnswerCache;
import dev.flotilla.router.cache.CachedAnswer;
import dev.flotilla.router.chat.RouteFacts.CacheResult;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.confidence.Confidence;
import dev.flotilla.router.exchange.CacheUse;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.exchange.Operation;
import dev.flotilla.router.exchange.Purpose;
import dev.flotilla.router.fallback.FallbackChain;
import dev.flotilla.router.fallback.FallbackOutcome;
import dev.flotilla.router.flight.Boarding;
import dev.flotilla.router.flight.Flights;
import dev.flotilla.router.lanes.Lanes;
import dev.flotilla.router.lanes.Place;
import dev.flotilla.router.routing.Plan;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.routing.RoutePolicy.Planned;
import dev.flotilla.router.shadow.ShadowRequest;
import dev.flotilla.router.shadow.Shadows;
import dev.flotilla.router.upstream.CallOutcome;
import dev.flotilla.router.upstream.ModelCall;
import dev.flotilla.router.upstream.ModelCaller;
import dev.flotilla.router.validation.Judgement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The path of a chat request, top to bottom. Start reading here. */
final class Router {
  private final Admission admission;
  private final AnswerCache cache;
  private final Flights<CachedAnswer> flights;
  private final RoutePolicy policy;
  private final Lanes lanes;
  private final FallbackChain fallbacks;
  private final ModelCaller models;
  private final @Nullable SecondOpinion second;
  private final @Nullable Shadows shadows;

  Router(
      Admission admission,
      AnswerCache cache,
      Flights<CachedAnswer> flights,
      RoutePolicy policy,
      Lanes lanes,
      FallbackChain fallbacks,
      ModelCaller models,
      @Nullable SecondOpinion second,
      @Nullable Shadows shadows) {
    this.admission = admission;
    this.cache = cache;
    this.flights = flights;
    this.policy = policy;
    this.lanes = lanes;
    this.fallbacks = fallbacks;
    this.models = models;
    this.second = second;
    this.shadows = shadows;
  }

  Reply answer(ChatRequest request, Journey journey) {
    CacheUse use = request.hints().cacheUse();
    Optional<Reply> turnedAway = turnedAway(request, journey);
    if (turnedAway.isPresent()) {
      return turnedAway.get();
    }
    if (use.reads()) {
      var known = journey.cache(SpanNames.CACHE, span -> cache.find(key(request, journey)));
      if (known.isPresent() && use.admits(known.get().age())) {
        return fromCache(known.get());
      }
    }
    CacheResult missed = missed(use);
    if (use.onlyIfCached()) {
      return Reply.Refused.of(notKept(), RouteFacts.nobodyAsked(missed));
    }
    return switch (journey.stage(SpanNames.CLASSIFY, span -> plan(request, journey))) {
      case Planned.Refused(var error) -> Reply.Refused.of(error, RouteFacts.nobodyAsked(missed));
      case Planned.Ready(var plan) -> {
        Optional<Place> place = lanes.enter(plan.lane());
        if (place.isEmpty()) {
          yield NotAdmitted.overloaded(RouteFacts.nobodyAsked(missed));
        }
        journey.takes(place.get());
        yield cache.enabled() && use.equals(CacheUse.DEFAULT)
            ? askOnce(plan, request, journey)
            : ask(plan, request, journey, missed);
      }
    };
  }

  /**
   * What is decided by facts, rules and what was learned; a model is asked when they are unsure.
   */
  private Planned plan(ChatRequest request, Journey journey) {
    Planned planned = policy.planFor(request, journey.caller());
    if (second == null
        || !(planned instanceof Planned.Ready(var plan))
        || plan.classification() == null
        || !second.isWantedAfter(plan.classification())) {
      return planned;
    }
    Classification decided = second.after(plan.classification(), request, journey);
    // Planned anew only for another kind of work: a gain is foretold once.
    return decided.taskType() == plan.classification().taskType()
        ? new Planned.Ready(plan.classifiedAs(decided))
        : policy.planFor(request, journey.caller(), decided);
  }

  private Optional<Reply> turnedAway(ChatRequest request, Journey journey) {
    long estimate = Tokens.estimate(request, journey);
    return switch (admission.admit(journey.caller(), journey.policy(), estimate)) {
      case Verdict.Admitted(var reservation, var standing) -> {
        journey.admitted(reservation, standing);
        yield Optional.empty();
      }
      case Verdict.TooSoon tooSoon -> {
        journey.stands(tooSoon.standing());
        yield Optional.of(NotAdmitted.yet(tooSoon, journey.caller()));
      }
      case Verdict.NeverFits never ->
          Optional.of(NotAdmitted.ever(never, journey.caller(), request));
    };
  }

  /** Of identical requests that come while none is answered yet, one asks. */
  private Reply askOnce(Plan plan, ChatRequest request, Journey journey) {
    Boarding<CachedAnswer> boarding =
        journey.cache(
            SpanNames.FLIGHT,
            span ->
                flights.join(
                    key(request, journey),
                    journey.deadline(),
                    () -> cache.find(key(request, journey)).map(AnswerCache.Hit::answer)));
    return switch (boarding) {
      case Boarding.Lead(var flight) -> {
        journey.leads(flight);
        Reply reply = ask(plan, request, journey, CacheResult.MISS);
        if (reply instanceof Reply.Refused refused && Exhausted.concernsOthers(refused)) {
          flight.failed(Exhausted.mark(refused));
        }
        yield reply;
      }
      case Boarding.Landed(var answer) -> fromCache(new AnswerCache.Hit(answer, Duration.ZERO));
      case Boarding.JustFailed(var mark) -> Exhausted.again(mark);
      case Boarding.Alone() -> ask(plan, request, journey, CacheResult.MISS);
    };
  }

  /**
   * Asks the plan's candidates. Nothing is reported to the ledger here: provider-service wrote
   * every attempt down where the money left.
   */
  private Reply ask(Plan drawn, ChatRequest request, Journey journey, CacheResult missed) {
    Plan plan = draw(drawn, request, journey);
    journey.ordered(plan.gain());
    Classification type = plan.classification();
    // A stream that must not begin before it was judged is asked for whole.
    ChatRequest asked = plan.validators().holdBack() ? request.whole() : request;
    FallbackOutcome outcome =
        fallbacks.run(
            plan,
            journey.deadline(),
            (model, index) -> {
              var call = journey.call(asked, type, plan.cheapest().contains(model));
              return said(model, index, plan.gates().asked(model, asked), call, journey);
            },
            (answered, model, index) -> {
              boolean cheapest = plan.cheapest().contains(model);
              return journey.assessed(
                  plan.gates()
                      .judge(
                          model,
                          answered,
                          asked,
                          again -> {
                            var call = journey.sampling(asked, type, cheapest);
                            return said(model, index, again, call, journey);
                          }));
            });
    var facts = RouteFacts.after(missed, type, journey.classifying(), outcome);
    if (outcome.flawed() != null) {
      // It is this caller's own wish; whoever else waits for an answer asks for one.
      journey.notShared();
      return new Reply.Whole(outcome.flawed().completion(), facts);
    }
    return switch (outcome.last()) {
      case CallOutcome.Answered answered -> {
        keep(request, journey, answered.completion(), facts);
        shadow(plan, request, journey, answered.completion(), facts);
        yield new Reply.Whole(answered.completion(), facts);
      }
      case CallOutcome.Streaming streaming ->
          new Reply.Flowing(
              streaming.stream(),
              facts,
              whole -> judgeAndKeep(plan, request, journey, whole, facts));
      case CallOutcome.NoAnswer failed ->
          Exhausted.reply(outcome, failed, journey.deadline().passed(), facts);
      case CallOutcome.Rejected rejected -> Reply.Refused.of(rejected.error(), facts);
      case CallOutcome.Shed shed -> NotAdmitted.overloaded(facts);
    };
  }

  private CallOutcome said(
      Model model, int index, ChatRequest asked, ModelCall call, Journey journey) {
    return journey.provider(
        SpanNames.CANDIDATE + " " + model.id(),
        span -> {
          CallOutcome said = models.call(model, index, asked, call, Tracing.traceparent(span));
          journey.heard(said);
          if (said instanceof CallOutcome.NoAnswer failed) {
            span.setAttribute(SpanNames.FALLBACK_REASON, failed.reason());
          }
          return said;
        });
  }

  private Judgement judgeAndKeep(
      Plan plan, ChatRequest request, Journey journey, Completion whole, RouteFacts facts) {
    Judgement judgement = plan.validators().judge(whole);
    shadow(plan, request, journey, whole, facts);
    if (judgement instanceof Judgement.Accepted) {
      keep(request, journey, whole, facts);
    }
    return judgement;
  }

  /** Whether a second model is shown this request, too. */
  private Plan draw(Plan plan, ChatRequest request, Journey journey) {
    if (shadows == null || !journey.purpose().equals(Purpose.of(Operation.CHAT))) {
      return plan;
    }
    Optional<Shadows.Draw> drawn = shadows.draw(plan);
    journey.drawn(drawn);
    return drawn.isPresent() ? shadows.planned(plan, drawn.get(), request, journey.caller()) : plan;
  }

  private void shadow(
      Plan plan, ChatRequest request, Journey journey, Completion given, RouteFacts facts) {
    if (shadows != null && facts.modelId() != null) {
      shadows.answered(
          journey.drawn(),
          new ShadowRequest(
              plan,
              request,
              journey.caller(),
              journey.requestId(),
              Tracing.traceparent(journey.root()),
              facts.modelId(),
              facts.refused(),
              given,
              journey.confidence(facts.modelId()).map(Confidence::features).orElse(null)),
          facts.attempts());
    }
  }

  private void keep(ChatRequest request, Journey journey, Completion completion, RouteFacts facts) {
    if (facts.modelId() != null
        && request.hints().cacheUse().writes()
        // Given because nobody else had an answer: the next one to ask may be luckier.
        && journey.confidence(facts.modelId()).map(Confidence::accepted).orElse(true)
        && journey.worthKeeping(completion)) {
      var answer =
          new CachedAnswer(completion, facts.modelId(), facts.classification(), facts.simulated());
      journey.cache(
          "cache keep",
          span -> {
            journey.landed(answer, cache.keep(key(request, journey), answer));
            return answer;
          });
    }
  }

  private String key(ChatRequest request, Journey journey) {
    return journey.cacheKey(() -> cache.key(request, journey.caller()));
  }

  private CacheResult missed(CacheUse use) {
    if (!cache.enabled()) {
      return CacheResult.DISABLED;
    }
    if (use.reads()) {
      return CacheResult.MISS;
    }
    return use.writes() ? CacheResult.REFRESH : CacheResult.BYPASS;
  }

  private static ApiError notKept() {
    return new ApiError(
        504,
        "timeout",
        "not_in_cache",
        "There is no kept answer, and 'cache-control: only-if-cached' says that nobody may be asked.",
        null,
        "router");
  }

  private static Reply fromCache(AnswerCache.Hit hit) {
    CachedAnswer answer = hit.answer();
    return new Reply.Whole(
        answer.completion(),
        new RouteFacts(
            CacheResult.HIT,
            answer.classification(),
            answer.modelId(),
            null,
            answer.simulated(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            hit.age()));
  }
}
