package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.CountingUpstream;
import dev.flotilla.testkit.FaultRow;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first provider, or the service that calls providers, goes away in the midst of requests. Not
 * on the shared fleet: its breakers would remember.
 */
class ProviderAwayIT {
  private static final int CALLERS = 16;
  private static final int PHASE = 200;

  private static FleetUnderTest fleet;

  /** Behind alpha's address now; the fleet's own until it was closed. */
  private static CountingUpstream alpha;

  @BeforeAll
  static void start(@TempDir Path folder) {
    fleet = FleetUnderTest.startWithLastingAlpha(folder);
    alpha = fleet.alpha;
  }

  @AfterAll
  static void close() {
    fleet.close();
    alpha.close();
  }

  @Test
  @FaultRow(row = 1, fault = "the first provider is gone under load")
  void nobody_is_refused_while_the_first_provider_fails_in_every_way_and_every_fallback_is_counted()
      throws Exception {
    // An answer is counted after its last byte: those of the test before must be.
    fleet.awaitMetric(0, Service.ROUTER, "llm_router_inflight_requests");
    Map<String, Long> reasons = fallbackAnswers();
    Map<String, Long> outcomes = requests();
    alpha.always(Behaviour.ok());
    int port = URI.create(alpha.baseUrl()).getPort();
    try (var traffic = Traffic.of(fleet, CALLERS)) {
      traffic.allow(7 * PHASE);
      traffic.awaitBegun(PHASE);
      alpha.always(Behaviour.cutAfter(2));
      traffic.awaitBegun(2 * PHASE);
      alpha.always(Behaviour.status(500));
      traffic.awaitBegun(3 * PHASE);
      alpha.always(Behaviour.hangUp());
      traffic.awaitBegun(4 * PHASE);
      alpha.always(Behaviour.ok());
      traffic.awaitBegun(5 * PHASE);
      alpha.close();
      traffic.awaitBegun(6 * PHASE);
      alpha = CountingUpstream.start(port);
      traffic.awaitEnded(7 * PHASE);
      awaitAnswerOf("alpha", traffic);

      List<Told> told = traffic.told();
      assertEquals(List.of(), told.stream().filter(one -> !answered(one)).toList());
      assertTrue(told.stream().anyMatch(one -> !one.complete()), "no stream was cut");
      Map<String, Long> fallbacks = count(told, one -> one.header("x-fallback-reason").orElse(""));
      fallbacks.remove("");
      assertTrue(sum(fallbacks) > PHASE, "too few to say anything: " + fallbacks);
      awaitIncrease(fallbacks, reasons, ProviderAwayIT::fallbackAnswers);
      awaitIncrease(
          count(told, one -> one.complete() ? "success" : "server_error"),
          outcomes,
          ProviderAwayIT::requests);
      var books = books();
      books.assertTrue();
    }
  }

  @Test
  void provider_service_stopped_in_order_ends_what_it_began_and_refuses_the_rest_clearly()
      throws Exception {
    // Longer than a server that only closes its connections takes for it.
    var slow = Behaviour.slow(Duration.ofMillis(1_500), Duration.ofMillis(150));
    alpha.always(slow);
    fleet.beta.always(slow);
    int unknown = books().inState("unknown");
    long asked = alpha.requests() + fleet.beta.requests();
    try (var traffic = Traffic.of(fleet, 2 * CALLERS)) {
      traffic.allow(CALLERS);
      awaitAsked(asked + CALLERS);
      traffic.allow(2 * CALLERS);
      fleet.fleet.stop(Service.PROVIDER);
      traffic.awaitEnded(3 * CALLERS);
      fleet.fleet.start(Service.PROVIDER);
      traffic.allow(CALLERS);
      traffic.awaitEnded(4 * CALLERS);

      List<Told> told = traffic.told();
      assertEquals(
          List.of(),
          told.stream()
              .filter(one -> one.number() <= CALLERS || one.number() > 3 * CALLERS)
              .filter(one -> !one.complete())
              .toList(),
          "asked before the stop or after the start");
      assertEquals(
          List.of(),
          told.stream()
              .filter(
                  one -> !(one.ending() instanceof Ending.Refused(int status, _) && status == 503))
              .filter(one -> !one.complete())
              .toList(),
          "asked meanwhile");
      var books = books();
      books.assertTrue();
      assertEquals(unknown, books.inState("unknown"), "attempts it did not end");
    } finally {
      alpha.always(Behaviour.ok());
      fleet.beta.always(Behaviour.ok());
    }
  }

  @Test
  void a_router_stopped_in_order_gives_the_rest_of_the_answers_it_began() throws Exception {
    var slow = Behaviour.slow(Duration.ofMillis(1_500), Duration.ofMillis(150));
    alpha.always(slow);
    fleet.beta.always(slow);
    long asked = alpha.requests() + fleet.beta.requests();
    try (var traffic = Traffic.of(fleet, CALLERS)) {
      traffic.allow(CALLERS);
      awaitAsked(asked + CALLERS);
      fleet.fleet.stop(Service.ROUTER);
      traffic.awaitEnded(CALLERS);
      assertEquals(List.of(), traffic.told().stream().filter(one -> !one.complete()).toList());
      fleet.fleet.start(Service.ROUTER);
      traffic.allow(2 * CALLERS);
      traffic.awaitEnded(2 * CALLERS);
    } finally {
      alpha.always(Behaviour.ok());
      fleet.beta.always(Behaviour.ok());
    }
  }

  private static Books books() throws SQLException, InterruptedException {
    return Books.once(fleet, fleet.alpha, alpha, fleet.beta);
  }

  private static void awaitAsked(long requests) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (alpha.requests() + fleet.beta.requests() < requests) {
      assertTrue(System.nanoTime() < end, "the upstreams were not asked");
      Thread.sleep(5);
    }
  }

  /** A stream that has begun cannot begin again elsewhere; everybody else gets a whole answer. */
  private static boolean answered(Told one) {
    return switch (one.ending()) {
      case Ending.Complete() -> true;
      case Ending.Announced(var code, var chunks) -> true;
      case Ending.Refused(var status, var code) -> false;
      case Ending.Disconnected(var how) -> false;
      case Ending.Misleading(var what) -> false;
    };
  }

  private static void awaitAnswerOf(String provider, Traffic traffic) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    while (!traffic.told().getLast().header("x-provider").equals(Optional.of(provider))) {
      assertTrue(System.nanoTime() < end, provider + " is not asked again");
      Thread.sleep(20);
      traffic.allow(1);
      traffic.awaitEnded(traffic.told().size() + 1);
    }
  }

  /** Waits for it: an answer is counted after its last byte, so a caller may be faster. */
  private static void awaitIncrease(
      Map<String, Long> expected, Map<String, Long> before, Supplier<Map<String, Long>> counters)
      throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!increase(before, counters.get()).equals(expected) && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertEquals(expected, increase(before, counters.get()));
  }

  private static Map<String, Long> increase(Map<String, Long> before, Map<String, Long> after) {
    var more = new TreeMap<String, Long>();
    after.forEach(
        (word, count) -> {
          long by = count - before.getOrDefault(word, 0L);
          if (by != 0) {
            more.put(word, by);
          }
        });
    return more;
  }

  private static Map<String, Long> fallbackAnswers() {
    return fleet.metricBy("reason", Service.ROUTER, "llm_router_fallback_answers_total");
  }

  private static Map<String, Long> requests() {
    return fleet.metricBy("outcome", Service.ROUTER, "llm_router_requests_total");
  }

  private static Map<String, Long> count(List<Told> told, Function<Told, String> kind) {
    return told.stream().collect(Collectors.groupingBy(kind, TreeMap::new, Collectors.counting()));
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
