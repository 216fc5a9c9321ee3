package dev.flotilla.router.door;

import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.heap.HeapRoom;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.http.InFlight;
import dev.flotilla.kit.metrics.LabelledCounter;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Lets visitors in while there is room for one more, and tells the others at once to come again.
 * Thread-safe.
 */
public final class Porter {
  private static final ApiError LEAVING =
      new ApiError(
          503,
          "server_error",
          "shutting_down",
          "This router is leaving; send the request again, another one will take it.",
          null,
          "router");

  private final InFlight inside;
  private final HeapRoom heap;
  private final BodyReader bodies;
  private final LabelledCounter shed;

  /**
   * @param inside counts who is inside; once it is closed, nobody is let in any more
   * @param patience how long a visitor may take to hand in a short body
   */
  public Porter(InFlight inside, HeapRoom heap, Duration patience, MetricRegistry metrics) {
    this.inside = inside;
    this.heap = heap;
    this.bodies = new BodyReader(heap, patience);
    this.shed =
        new LabelledCounter(
            metrics,
            MetricNames.ROUTER_SHED,
            "Requests sent away because there was no room for them, by lane and what was full",
            List.of("lane", "full"));
    for (String full : List.of("door", "heap", "bodies")) {
      shed.of("none", full);
    }
  }

  /** Lets a visitor in, who must {@link #leave}; what to say to one who is not let in. */
  @Nullable ApiError enter() {
    return switch (inside.enter()) {
      case CLOSED -> LEAVING;
      case FULL -> overloaded("door");
      case INSIDE -> {
        if (!heap.full()) {
          yield null;
        }
        inside.leave();
        yield overloaded("heap");
      }
    };
  }

  void leave() {
    inside.leave();
  }

  BodyReader bodies() {
    return bodies;
  }

  /** There is no room for one more body. */
  ApiError noRoom() {
    return overloaded("bodies");
  }

  private ApiError overloaded(String full) {
    shed.of("none", full).inc();
    return Overload.ERROR;
  }
}
