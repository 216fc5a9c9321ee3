package dev.flotilla.router.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.redis.TimeBoxedRedis;
import dev.flotilla.router.flight.Boarding.Alone;
import dev.flotilla.router.flight.Boarding.JustFailed;
import dev.flotilla.router.flight.Boarding.Landed;
import dev.flotilla.router.flight.Boarding.Lead;
import dev.flotilla.testkit.FaultRow;
import dev.flotilla.testkit.RealRedis;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FlightsTest {
  private static final String KEY = "flotilla:answer:1:abc";
  private static final FlightConfig CONFIG =
      new FlightConfig(Duration.ofMillis(600), Duration.ofSeconds(5));
  private static final Duration BOX = Duration.ofSeconds(1);

  private final RealRedis server = RealRedis.own();
  private final TimeBoxedRedis redis = redis();
  private final TimeBoxedRedis otherRedis = redis();
  private final Flights<String> here = new Flights<>(CONFIG, redis);
  private final Flights<String> there = new Flights<>(CONFIG, otherRedis);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** In the place of the answer cache. */
  private final Supplier<Optional<String>> lookup = () -> redis.ask(client -> client.get(KEY));

  @BeforeEach
  void ready() throws InterruptedException {
    assertTrue(redis.awaitAvailable(Duration.ofSeconds(10)));
    assertTrue(otherRedis.awaitAvailable(Duration.ofSeconds(10)));
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    here.close();
    there.close();
    redis.close();
    otherRedis.close();
    server.close();
  }

  @Test
  @FaultRow(row = 77, fault = "200 identical requests at two routers")
  void of_two_hundred_at_two_routers_one_asks_and_all_others_get_its_answer() throws Exception {
    var asked = new AtomicInteger();
    var results =
        all(
            200,
            i -> {
              var boarding = join(i % 2 == 0 ? here : there, 20);
              if (boarding instanceof Lead<String>(var flight)) {
                try (flight) {
                  asked.incrementAndGet();
                  Thread.sleep(300);
                  keep("the answer");
                  flight.landed("the answer");
                }
                return "led";
              }
              return assertInstanceOf(Landed.class, boarding).answer();
            });
    assertEquals(1, asked.get());
    assertEquals(199, results.stream().filter("the answer"::equals).count());
    assertEquals(0, here.leading() + there.leading());
  }

  @Test
  void an_answer_that_landed_just_before_is_found_instead_of_asked_for_again() {
    keep("an answer");
    assertEquals(new Landed<>("an answer"), join(there, 5));
    assertEquals(new Landed<>("an answer"), join(here, 5));
  }

  @Test
  void a_lease_outlives_its_time_as_long_as_its_leader_works() throws Exception {
    Flight<String> flight = lead(here);
    var follower = threads.submit(() -> join(there, 20));
    // three lives of a lease
    Thread.sleep(CONFIG.lease().multipliedBy(3));
    assertTrue(!follower.isDone());
    keep("late");
    flight.landed("late");
    assertEquals(new Landed<>("late"), follower.get());
  }

  @Test
  void when_a_router_dies_exactly_one_of_those_who_wait_takes_over() throws Exception {
    lead(here);
    var boarded = new CountDownLatch(1);
    var asked = new AtomicInteger();
    var waiting =
        submit(
            50,
            _ -> {
              var boarding = join(there, 20);
              if (boarding instanceof Lead<String>(var flight)) {
                try (flight) {
                  asked.incrementAndGet();
                  boarded.countDown();
                  keep("second try");
                  flight.landed("second try");
                }
                return "second try";
              }
              return assertInstanceOf(Landed.class, boarding).answer();
            });
    here.close(); // nothing is renewed or given back any more
    assertTrue(boarded.await(10, TimeUnit.SECONDS));
    for (var one : waiting) {
      assertEquals("second try", one.get());
    }
    assertEquals(1, asked.get());
  }

  @Test
  void when_a_leader_gives_up_one_takes_over_after_the_other_and_nobody_at_the_same_time()
      throws Exception {
    var leading = new AtomicInteger();
    var most = new AtomicInteger();
    var asked = new AtomicInteger();
    all(
        20,
        i -> {
          var boarding = join(i % 2 == 0 ? here : there, 30);
          if (boarding instanceof Lead<String>(var flight)) {
            most.accumulateAndGet(leading.incrementAndGet(), Math::max);
            asked.incrementAndGet();
            Thread.sleep(20);
            leading.decrementAndGet();
            flight.close();
          }
          return "";
        });
    assertEquals(20, asked.get());
    assertEquals(1, most.get());
  }

  @Test
  void a_failure_reaches_those_who_wait_and_those_who_come_at_either_router() throws Exception {
    Flight<String> flight = lead(here);
    var waiting = new ArrayList<>(submit(5, _ -> join(here, 20)));
    waiting.addAll(submit(5, _ -> join(there, 20)));
    flight.failed("{\"error\":1}");
    flight.close();
    for (var one : waiting) {
      assertEquals(new JustFailed<>("{\"error\":1}"), one.get());
    }
    assertEquals(new JustFailed<>("{\"error\":1}"), join(here, 5));
    assertEquals(new JustFailed<>("{\"error\":1}"), join(there, 5));
    server.stop();
    assertEquals(new JustFailed<>("{\"error\":1}"), join(here, 5), "known here without Redis");
  }

  @Test
  void a_failure_is_forgotten_after_its_time_and_at_once_when_that_is_none() throws Exception {
    var brief = new FlightConfig(CONFIG.lease(), Duration.ofSeconds(1));
    try (var flights = new Flights<String>(brief, redis)) {
      lead(flights).failed("x");
      assertEquals(new JustFailed<>("x"), join(flights, 5));
      Boarding<String> boarding = join(flights, 5);
      while (boarding instanceof JustFailed) {
        Thread.sleep(10);
        boarding = join(flights, 5);
      }
      assertInstanceOf(Lead.class, boarding).flight().close();
    }
    try (var flights =
        new Flights<String>(new FlightConfig(CONFIG.lease(), Duration.ZERO), redis)) {
      lead(flights).failed("x");
      lead(flights).close();
    }
  }

  @Test
  void those_who_wait_for_an_answer_that_is_not_theirs_ask_for_themselves() throws Exception {
    Flight<String> flight = lead(here);
    var waiting = new ArrayList<>(submit(5, _ -> join(here, 20)));
    waiting.addAll(submit(5, _ -> join(there, 20)));
    awaitOthers(waiting);
    flight.notShared();
    for (var one : waiting) {
      assertEquals(new Alone<>(), one.get());
    }
  }

  @Test
  void nobody_waits_longer_than_its_own_deadline() throws Exception {
    try (var flight = lead(here)) {
      for (Flights<String> router : List.of(here, there)) {
        long start = System.nanoTime();
        assertEquals(
            new Alone<>(),
            router.join(KEY, Deadline.in(Duration.ofMillis(150)), lookup),
            "led by " + flight);
        long waited = Duration.ofNanos(System.nanoTime() - start).toMillis();
        assertTrue(waited >= 149 && waited < 2_000, waited + " ms");
      }
    }
  }

  @Test
  void one_with_little_time_hands_the_waiting_on_to_one_with_more() throws Exception {
    Flight<String> flight = lead(here);
    var hasty = threads.submit(() -> there.join(KEY, Deadline.in(Duration.ofSeconds(1)), lookup));
    awaitOthers(List.of(hasty));
    var patient = threads.submit(() -> join(there, 20));
    assertEquals(new Alone<>(), hasty.get());
    keep("at last");
    flight.landed("at last");
    assertEquals(new Landed<>("at last"), patient.get());
  }

  @Test
  void redis_hanging_costs_one_time_box_and_joining_goes_on_in_process() throws Exception {
    server.pause();
    long start = System.nanoTime();
    Flight<String> flight = lead(here);
    assertTrue(Duration.ofNanos(System.nanoTime() - start).compareTo(BOX.multipliedBy(3)) < 0);
    var waiting = submit(50, _ -> join(here, 20));
    awaitOthers(waiting);
    flight.landed("without Redis");
    for (var one : waiting) {
      assertEquals(new Landed<>("without Redis"), one.get());
    }
    Flight<String> next = lead(here);
    next.failed("nothing works");
    assertEquals(new JustFailed<>("nothing works"), join(here, 5));
    server.resume();
  }

  @Test
  void when_redis_goes_away_those_who_wait_at_another_router_ask_once() throws Exception {
    lead(here);
    var asked = new AtomicInteger();
    var waiting =
        submit(
            20,
            _ -> {
              var boarding = join(there, 20);
              if (boarding instanceof Lead<String>(var flight)) {
                try (flight) {
                  asked.incrementAndGet();
                  flight.landed("mine");
                }
              }
              return boarding;
            });
    awaitOthers(waiting);
    server.stop();
    for (var one : waiting) {
      one.get();
    }
    assertEquals(1, asked.get());
  }

  @Test
  void a_leader_that_forgets_to_close_is_forgotten_at_its_deadline() throws Exception {
    var boarding = here.join(KEY, Deadline.in(Duration.ofSeconds(1)), lookup);
    assertInstanceOf(Lead.class, boarding);
    lead(there).close();
    while (here.leading() > 0) {
      Thread.sleep(5);
    }
  }

  @Test
  void a_lease_that_was_given_back_does_not_come_back_to_life() {
    for (int i = 0; i < 200; i++) {
      try (var flight = lead(i % 2 == 0 ? here : there)) {
        assertEquals(1, here.leading() + there.leading(), "led by " + flight);
      }
    }
    assertEquals(
        Optional.of(false), redis.ask(client -> client.exists("flotilla:flight:1:{" + KEY + "}")));
  }

  @Test
  void what_somebody_else_wrote_in_the_place_of_a_lease_is_no_obstacle() {
    String place = "flotilla:flight:1:{" + KEY + "}";
    redis.ask(client -> client.sadd(place, "not ours"));
    lead(here).close();
    redis.ask(client -> client.set(place, "landing:of a version to come"));
    assertEquals(new Alone<>(), join(here, 5));
    assertTrue(redis.available());
  }

  @Test
  void a_lookup_that_fails_leaves_the_way_free() {
    Supplier<Optional<String>> broken =
        () -> {
          throw new IllegalStateException("broken");
        };
    redis.ask(client -> client.set(KEY, "an answer"));
    assertThrows(
        IllegalStateException.class,
        () -> here.join(KEY, Deadline.in(Duration.ofSeconds(5)), broken));
    redis.ask(client -> client.del(KEY));
    lead(there).close();
    lead(here).close();
  }

  @Test
  void the_memory_of_failures_is_bounded() {
    var marks = new FailureMarks(Duration.ofMinutes(1));
    for (int i = 0; i < 30_000; i++) {
      marks.remember("key " + i, "mark");
    }
    assertEquals(10_000, marks.size());
    assertEquals(Optional.of("mark"), marks.of("key 29999"));
  }

  private Flight<String> lead(Flights<String> router) {
    if (join(router, 10) instanceof Lead<String>(var flight)) {
      return flight;
    }
    return fail("somebody else leads");
  }

  private Boarding<String> join(Flights<String> router, int seconds) {
    return router.join(KEY, Deadline.in(Duration.ofSeconds(seconds)), lookup);
  }

  private void keep(String answer) {
    redis.ask(client -> client.set(KEY, answer));
  }

  /** Gives those who were submitted time to get as far as waiting; none of them may be done. */
  private static void awaitOthers(List<? extends Future<?>> waiting) throws InterruptedException {
    Thread.sleep(100);
    assertTrue(waiting.stream().noneMatch(Future::isDone));
  }

  private interface Numbered<V> {
    V call(int number) throws Exception;
  }

  private <V> List<Future<V>> submit(int count, Numbered<V> task) {
    return IntStream.range(0, count)
        .mapToObj(i -> threads.submit((Callable<V>) () -> task.call(i)))
        .toList();
  }

  private <V> List<V> all(int count, Numbered<V> task) throws Exception {
    var results = new ArrayList<V>();
    for (Future<V> future : submit(count, task)) {
      results.add(future.get());
    }
    return results;
  }

  private TimeBoxedRedis redis() {
    return new TimeBoxedRedis(URI.create(server.url()), BOX, Duration.ofMillis(20));
  }
}
