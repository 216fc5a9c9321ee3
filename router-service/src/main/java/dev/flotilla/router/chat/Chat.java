package dev.flotilla.router.chat;

import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.cache.AnswerCache;
import dev.flotilla.router.fallback.FallbackChain;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.upstream.ModelCaller;
import java.util.List;
import org.eclipse.microprofile.metrics.MetricRegistry;

/** Puts the parts of this package together. */
public final class Chat {
  private static final List<String> PROVIDER_REASONS =
      List.of(
          Outcomes.CONNECT,
          Outcomes.TIMEOUT,
          Outcomes.RATE_LIMITED,
          Outcomes.OVERLOADED,
          Outcomes.SERVER_ERROR,
          Outcomes.AUTH,
          Outcomes.CIRCUIT_OPEN,
          Outcomes.TRUNCATED);

  private Chat() {}

  public static ChatRoute route(
      AnswerCache cache,
      RoutePolicy policy,
      ModelCaller models,
      Explanations explanations,
      MetricRegistry metrics,
      Tracing tracing,
      ChatConfig config) {
    var router = new Router(cache, policy, new FallbackChain(), models);
    return new ChatRoute(
        router, new ChatMetrics(metrics, PROVIDER_REASONS), explanations, tracing, config);
  }
}
