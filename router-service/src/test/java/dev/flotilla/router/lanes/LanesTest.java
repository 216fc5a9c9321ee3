package dev.flotilla.router.lanes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.testkit.FaultRow;
import io.helidon.microprofile.metrics.RegistryFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LanesTest {
  private static final Map<TaskType, Double> RESERVED =
      Map.of(TaskType.COMPLEX, 0.3, TaskType.BULK, 0.1);

  private final MetricRegistry metrics =
      RegistryFactory.getInstance()
          .getRegistry(LanesTest.class.getSimpleName() + System.nanoTime());

  @Test
  @FaultRow(row = 83, fault = "a flood of bulk work")
  void a_flood_in_one_lane_leaves_the_others_their_places() {
    var lanes = lanes(100, 0, Duration.ZERO);
    List<Place> bulk = flood(lanes, TaskType.BULK);
    assertEquals(70, bulk.size(), "its own ten and the sixty that are everybody's");
    assertEquals(30, flood(lanes, TaskType.COMPLEX).size());
    assertTrue(lanes.enter(TaskType.STANDARD).isEmpty(), "nothing is reserved for it");
    assertEquals(70, inside("bulk"));
    assertEquals(30, inside("complex"));
    assertTrue(shed("bulk") >= 1);
    assertEquals(1, shed("standard"));

    bulk.getLast().close();
    bulk.getLast().close();
    assertEquals(69, inside("bulk"));
    assertEquals(1, flood(lanes, TaskType.STANDARD).size(), "closed twice is one place");
  }

  @Test
  void whoever_waits_gets_the_place_that_becomes_free_and_only_so_many_wait() throws Exception {
    var lanes = lanes(1, 2, Duration.ofSeconds(20));
    Place only = lanes.enter(TaskType.BULK).orElseThrow();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = threads.submit(() -> lanes.enter(TaskType.BULK));
      var second = threads.submit(() -> lanes.enter(TaskType.COMPLEX));
      // The third is sent away at once, as soon as both others wait.
      while (shed("standard") == 0) {
        threads.submit(() -> lanes.enter(TaskType.STANDARD)).get();
      }
      only.close();
      Place place = whoGotIt(first, second);
      place.close();
      assertTrue(first.get().isPresent() && second.get().isPresent());
    }
  }

  @Test
  void patience_ends() {
    var lanes = lanes(1, 10, Duration.ofMillis(20));
    lanes.enter(TaskType.BULK).orElseThrow();
    assertTrue(lanes.enter(TaskType.BULK).isEmpty());
    assertEquals(1, shed("bulk"));
  }

  @Test
  @FaultRow(row = 83, fault = "2,000 at once of all kinds")
  void there_are_never_more_inside_than_there_are_places_and_none_is_lost() throws Exception {
    var lanes = lanes(50, 20, Duration.ofMillis(2));
    var inside = new AtomicInteger();
    var most = new AtomicInteger();
    var answered = new AtomicInteger();
    var begin = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 2_000; i++) {
        TaskType type = TaskType.values()[i % 4];
        threads.submit(
            () -> {
              begin.await();
              try (Place place = lanes.enter(type).orElse(null)) {
                if (place != null) {
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  Thread.yield();
                  inside.decrementAndGet();
                  answered.incrementAndGet();
                }
              }
              return null;
            });
      }
      begin.countDown();
    }
    assertTrue(most.get() <= 50, most + " were inside");
    assertTrue(answered.get() > 0);
    assertEquals(45, flood(lanes, TaskType.COMPLEX).size(), "all but those reserved for bulk");
  }

  @Test
  void shares_that_come_to_more_than_all_are_refused() {
    var refused =
        assertThrows(
            ConfigurationException.class,
            () ->
                new LanesConfig(
                    10, Map.of(TaskType.BULK, 0.6, TaskType.COMPLEX, 0.6), 0, Duration.ZERO));
    assertTrue(String.valueOf(refused.getMessage()).contains("1.2"), refused.getMessage());
  }

  private Lanes lanes(int most, int mostWaiting, Duration patience) {
    return new Lanes(new LanesConfig(most, RESERVED, mostWaiting, patience), metrics);
  }

  private static List<Place> flood(Lanes lanes, TaskType type) {
    var places = new ArrayList<Place>();
    for (Optional<Place> place; (place = lanes.enter(type)).isPresent(); ) {
      places.add(place.get());
    }
    return places;
  }

  private static Place whoGotIt(Future<Optional<Place>> one, Future<Optional<Place>> other)
      throws Exception {
    while (!one.isDone() && !other.isDone()) {
      Thread.onSpinWait();
    }
    return (one.isDone() ? one : other).get().orElseThrow();
  }

  private long inside(String lane) {
    return ((Number)
            metrics
                .getGauge(new MetricID("llm_router_lane_inflight_requests", new Tag("lane", lane)))
                .getValue())
        .longValue();
  }

  private long shed(String lane) {
    return metrics
        .counter("llm_router_shed", new Tag("lane", lane), new Tag("full", "lane"))
        .getCount();
  }
}
