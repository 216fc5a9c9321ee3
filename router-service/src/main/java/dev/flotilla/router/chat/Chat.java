package dev.flotilla.router.chat;

import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.admission.Admission;
import dev.flotilla.router.cache.AnswerCache;
import dev.flotilla.router.cache.CachedAnswer;
import dev.flotilla.router.fallback.FallbackChain;
import dev.flotilla.router.flight.Flights;
import dev.flotilla.router.lanes.Lanes;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.shadow.Shadows;
import dev.flotilla.router.upstream.Circuits;
import dev.flotilla.router.upstream.ModelCaller;
import dev.flotilla.router.upstream.ReviewService;
import java.time.InstantSource;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.jspecify.annotations.Nullable;

/**
 * The parts of this package, put together.
 *
 * @param desk where callers' requests are answered
 * @param errands where requests of this fleet itself are
 */
public record Chat(Desk desk, Errands errands) {
  public static Chat of(
      Admission admission,
      AnswerCache cache,
      Flights<CachedAnswer> flights,
      RoutePolicy policy,
      Lanes lanes,
      ModelCaller models,
      Circuits circuits,
      Explanations explanations,
      MetricRegistry metrics,
      Tracing tracing,
      @Nullable Shadows shadows,
      ReviewService people,
      ChatConfig config) {
    SecondOpinion second =
        policy.asking() == null ? null : new SecondOpinion(policy.asking(), cache, models);
    var router =
        new Router(
            admission, cache, flights, policy, lanes, new FallbackChain(), models, second, shadows);
    var counted = new ChatMetrics(metrics);
    return new Chat(
        new Desk(
            router,
            new HandOver(policy, people),
            new RoutePreview(cache, policy, circuits, InstantSource.system()),
            counted,
            explanations,
            tracing,
            config),
        new Errands(router, policy, counted, explanations, tracing));
  }
}
