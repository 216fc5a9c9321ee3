package dev.flotilla.provider.completion;

import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.heap.HeapRoom;
import dev.flotilla.kit.http.InFlight;
import dev.flotilla.kit.metrics.LabelledCounter;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;

/**
 * Lets calls in while there is room for them and for what they bring: a call that is let in can be
 * held to its end. Thread-safe.
 */
public final class Threshold {
  /** What a call hears that comes in. */
  enum Entry {
    /** It is inside, and must {@link #leave}. */
    INSIDE,
    /** There is no room for it now. */
    FULL,
    /** This instance is leaving. */
    CLOSED
  }

  private final InFlight inFlight;
  private final HeapRoom heap;
  private final LabelledCounter shed;

  public Threshold(InFlight inFlight, HeapRoom heap, MetricRegistry registry) {
    this.inFlight = inFlight;
    this.heap = heap;
    this.shed =
        new LabelledCounter(
            registry,
            MetricNames.PROVIDER_SHED,
            "Calls sent away because there was no room for them, by what was full",
            List.of("full"));
    List.of("calls", "heap", "bodies").forEach(shed::of);
    registry.gauge(
        Metadata.builder()
            .withName(MetricNames.PROVIDER_INFLIGHT)
            .withDescription("Calls being made")
            .build(),
        inFlight::count);
  }

  Entry enter() {
    return switch (inFlight.enter()) {
      case CLOSED -> Entry.CLOSED;
      case FULL -> full("calls");
      case INSIDE -> {
        if (!heap.full()) {
          yield Entry.INSIDE;
        }
        inFlight.leave();
        yield full("heap");
      }
    };
  }

  /** Whether this instance has no time left for those inside. */
  boolean closed() {
    return inFlight.closed();
  }

  void leave() {
    inFlight.leave();
  }

  /** Room for a body of this length; empty when there is none now. */
  Optional<HeapRoom.Hold> roomFor(long bytes) {
    Optional<HeapRoom.Hold> room = heap.hold(bytes);
    if (room.isEmpty()) {
      full("bodies");
    }
    return room;
  }

  private Entry full(String what) {
    shed.of(what).inc();
    return Entry.FULL;
  }
}
