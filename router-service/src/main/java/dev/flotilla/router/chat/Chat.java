package dev.flotilla.router.chat;

import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.admission.Admission;
import dev.flotilla.router.cache.AnswerCache;
import dev.flotilla.router.cache.CachedAnswer;
import dev.flotilla.router.fallback.FallbackChain;
import dev.flotilla.router.flight.Flights;
import dev.flotilla.router.lanes.Lanes;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.upstream.Circuits;
import dev.flotilla.router.upstream.ModelCaller;
import java.time.InstantSource;
import org.eclipse.microprofile.metrics.MetricRegistry;

/** Puts the parts of this package together. */
public final class Chat {
  private Chat() {}

  public static Desk desk(
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
      ChatConfig config) {
    var router = new Router(admission, cache, flights, policy, lanes, new FallbackChain(), models);
    return new Desk(
        router,
        new RoutePreview(cache, policy, circuits, InstantSource.system()),
        new ChatMetrics(metrics),
        explanations,
        tracing,
        config);
  }
}
