package dev.flotilla.router.lanes;

import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.metrics.LabelledCounter;
import dev.flotilla.router.exchange.TaskType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/**
 * A lane for each kind of work. Each has places of its own and all share the others: a flood in one
 * lane takes what is everybody's, and the rest go on. Thread-safe, and cheap: nobody outside of
 * this process is asked.
 */
public final class Lanes {
  private final LanesConfig config;
  private final LabelledCounter shed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private final Map<TaskType, Lane> lanes = new EnumMap<>(TaskType.class);

  /** Places that are everybody's and free. */
  private int common;

  private int waiting;

  private static final class Lane {
    /** Places of its own that are free. */
    int own;

    int inside;
  }

  public Lanes(LanesConfig config, MetricRegistry metrics) {
    this.config = config;
    this.common = config.most();
    this.shed =
        new LabelledCounter(
            metrics,
            MetricNames.ROUTER_SHED,
            "Requests sent away because there was no room for them, by lane and what was full",
            List.of("lane", "full"));
    for (TaskType type : TaskType.values()) {
      var lane = new Lane();
      lane.own = config.reservedFor(type);
      lanes.put(type, lane);
      common -= lane.own;
      shed.of(type.word(), "lane");
      metrics.gauge(
          Metadata.builder()
              .withName(MetricNames.ROUTER_LANE_INFLIGHT)
              .withDescription("Requests being answered, by lane")
              .build(),
          () -> inside(lane),
          new Tag("lane", type.word()));
    }
  }

  /** A place in a lane, perhaps after a short wait; empty when there is none. */
  public Optional<Place> enter(TaskType type) {
    Lane lane = Objects.requireNonNull(lanes.get(type));
    lock.lock();
    try {
      Optional<Place> place = free(lane);
      if (place.isEmpty()) {
        place = afterAWait(lane);
      }
      if (place.isEmpty()) {
        shed.of(type.word(), "lane").inc();
      }
      return place;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Waits, unless as many as may do so already. */
  private Optional<Place> afterAWait(Lane lane) throws InterruptedException {
    if (waiting >= config.mostWaiting()) {
      return Optional.empty();
    }
    waiting++;
    try {
      long nanos = config.patience().toNanos();
      while (nanos > 0) {
        nanos = freed.awaitNanos(nanos);
        Optional<Place> place = free(lane);
        if (place.isPresent()) {
          return place;
        }
      }
      return Optional.empty();
    } finally {
      waiting--;
    }
  }

  /** The lane's own places first: the others can be used by more. */
  private Optional<Place> free(Lane lane) {
    boolean ours = lane.own > 0;
    if (!ours && common == 0) {
      return Optional.empty();
    }
    if (ours) {
      lane.own--;
    } else {
      common--;
    }
    lane.inside++;
    return Optional.of(new Place(() -> leave(lane, ours)));
  }

  private void leave(Lane lane, boolean ours) {
    lock.lock();
    try {
      lane.inside--;
      if (ours) {
        lane.own++;
      } else {
        common++;
      }
      if (waiting > 0) {
        // Not only one: the place may be of a lane that the first who waits is not in.
        freed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private int inside(Lane lane) {
    lock.lock();
    try {
      return lane.inside;
    } finally {
      lock.unlock();
    }
  }
}
