package dev.flotilla.router.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.redis.TimeBoxedRedis;
import dev.flotilla.router.admission.Verdict.Admitted;
import dev.flotilla.router.admission.Verdict.NeverFits;
import dev.flotilla.router.admission.Verdict.TooSoon;
import dev.flotilla.router.door.KeyPolicy;
import dev.flotilla.router.exchange.Hints;
import dev.flotilla.testkit.FaultRow;
import dev.flotilla.testkit.RealRedis;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdmissionTest {
  private static final Caller CALLER =
      new Caller("growth", "k_1", null, Set.of("caller"), List.of("*"));
  private static final Duration WINDOW = Duration.ofSeconds(2);
  private static final Duration LONG = Duration.ofMinutes(1);

  private final RealRedis server = RealRedis.own();

  /** One for each router. */
  private final List<TimeBoxedRedis> connections = new ArrayList<>();

  private final MetricRegistry metrics =
      io.helidon.microprofile.metrics.RegistryFactory.getInstance()
          .getRegistry(AdmissionTest.class.getSimpleName() + System.nanoTime());
  private final TimeBoxedRedis redis = redis();
  private boolean stopped;

  @BeforeEach
  void ready() throws InterruptedException {
    assertTrue(redis.awaitAvailable(Duration.ofSeconds(10)));
  }

  @AfterEach
  void close() {
    connections.forEach(TimeBoxedRedis::close);
    server.close();
  }

  @Test
  void a_key_without_limits_is_always_admitted_and_costs_no_question() {
    var admission = router(LONG, 1);
    server.pause();
    long start = System.nanoTime();
    var admitted =
        assertInstanceOf(Admitted.class, admission.admit(CALLER, KeyPolicy.NONE, 1_000_000));
    admitted.reservation().settle(5);
    assertEquals(Standing.UNLIMITED, admitted.standing());
    assertAvailable(); // nobody asked
    assertTrue(System.nanoTime() - start < Duration.ofSeconds(1).toNanos());
    server.resume();
  }

  @Test
  void what_is_left_and_when_it_is_back_is_told_and_too_soon_says_when_to_come_again()
      throws InterruptedException {
    var admission = router(Duration.ofSeconds(1), 1);
    KeyPolicy policy = limits(2L, 1_000L);
    Quota requests = requests(admitted(admission, policy, 100).standing());
    assertEquals(2, requests.limit());
    assertEquals(1, requests.remaining());
    assertTrue(requests.reset().toMillis() > 900 && requests.reset().toMillis() <= 1_010);

    var second = admitted(admission, policy, 100);
    assertEquals(0, requests(second.standing()).remaining());
    assertEquals(800, tokens(second.standing()).remaining());
    var refused = assertInstanceOf(TooSoon.class, admission.admit(CALLER, policy, 100));
    assertEquals(Scope.REQUESTS, refused.scope());
    assertEquals(800, tokens(refused.standing()).remaining());
    Thread.sleep(refused.retryAfter());
    admitted(admission, policy, 100);
  }

  @Test
  void both_are_counted_or_neither() {
    var admission = router(LONG, 1);
    KeyPolicy policy = limits(3L, 1_000L);
    admitted(admission, policy, 900);
    for (int i = 0; i < 10; i++) {
      var refused = assertInstanceOf(TooSoon.class, admission.admit(CALLER, policy, 200));
      assertEquals(Scope.TOKENS, refused.scope());
      assertEquals(2, requests(refused.standing()).remaining());
      assertEquals(100, tokens(refused.standing()).remaining());
    }
    admitted(admission, policy, 50);
    admitted(admission, policy, 50);
    var refused = assertInstanceOf(TooSoon.class, admission.admit(CALLER, limits(3L, 2_000L), 50));
    assertEquals(Scope.REQUESTS, refused.scope());
    assertEquals(1_000, tokens(refused.standing()).remaining());
    assertEquals(10, limited("tokens"));
    assertEquals(1, limited("requests"));
  }

  @Test
  void settling_gives_back_what_was_too_much_and_takes_what_was_too_little_once() {
    var admission = router(LONG, 1);
    KeyPolicy policy = limits(null, 1_000L);
    Reservation large = admitted(admission, policy, 1_000).reservation();
    assertInstanceOf(TooSoon.class, admission.admit(CALLER, policy, 100));
    large.settle(0);
    large.settle(0);
    var small = admitted(admission, policy, 400);
    assertEquals(600, tokens(small.standing()).remaining());
    small.reservation().settle(700);
    small.reservation().settle(1);
    var refused = assertInstanceOf(TooSoon.class, admission.admit(CALLER, policy, 1));
    assertEquals(300, tokens(refused.standing()).remaining());
  }

  @Test
  void estimates_that_are_too_low_are_corrected_by_what_the_key_used_before() {
    var admission = router(LONG, 1);
    KeyPolicy policy = limits(null, 100_000L);
    for (int i = 0; i < 20; i++) {
      admitted(admission, policy, 10).reservation().settle(900 + 10 * (i % 3));
    }
    long reserved = admitted(admission, policy, 10).reservation().tokens();
    assertTrue(reserved >= 900 && reserved < 1_200, "reserved " + reserved);
    assertEquals(5_000, admitted(admission, policy, 5_000).reservation().tokens());
  }

  @Test
  void a_thousand_streams_begin_before_the_first_of_them_has_ended() {
    var admission = router(LONG, 1);
    KeyPolicy policy = limits(null, 1_000_000_000L);
    for (int i = 0; i < 1_000; i++) {
      admitted(admission, policy, 200);
    }
  }

  @Test
  void who_only_has_to_wait_for_others_to_use_less_than_they_reserved_is_not_sent_away_for_long()
      throws InterruptedException {
    var admission = router(LONG, 1);
    KeyPolicy policy = limits(null, 1_000L);
    var first = admitted(admission, policy, 900).reservation();
    assertTrue(tooSoon(admission, policy).retryAfter().compareTo(LONG) >= 0, "nothing is known");
    Thread.sleep(50);
    first.settle(10);
    var second = admitted(admission, policy, 900).reservation();
    Duration soon = tooSoon(admission, policy).retryAfter();
    assertTrue(soon.toMillis() >= 50 && soon.toMillis() < 10_000, soon.toString());
    second.settle(900);
    assertTrue(tooSoon(admission, policy).retryAfter().compareTo(Duration.ofSeconds(50)) > 0);
  }

  private static TooSoon tooSoon(Admission admission, KeyPolicy policy) {
    return assertInstanceOf(TooSoon.class, admission.admit(CALLER, policy, 900));
  }

  @Test
  void what_can_never_fit_is_told_so_and_not_to_come_again() {
    var admission = router(LONG, 1);
    assertEquals(new NeverFits(1_001, 1_000), admission.admit(CALLER, limits(null, 1_000L), 1_001));
    assertEquals(
        999, tokens(admitted(admission, limits(null, 1_000L), 1).standing()).remaining() + 19);
    stop();
    assertInstanceOf(
        Admitted.class,
        router(LONG, 10).admit(caller("k_2"), limits(null, 1_000L), 1_000),
        "more than a share may still fit into the limit");
  }

  @Test
  void keys_are_counted_apart() {
    var admission = router(LONG, 1);
    admitted(admission, limits(1L, null), 1);
    assertInstanceOf(TooSoon.class, admission.admit(CALLER, limits(1L, null), 1));
    assertInstanceOf(Admitted.class, admission.admit(caller("k_2"), limits(1L, null), 1));
    var elsewhere = new Caller("other", "k_1", null, Set.of("caller"), List.of("*"));
    assertInstanceOf(Admitted.class, admission.admit(elsewhere, limits(1L, null), 1));
  }

  @Test
  @FaultRow(row = 57, fault = "the clocks of two routers differ by days")
  void routers_whose_clocks_differ_by_days_share_one_limit() throws InterruptedException {
    var config = new AdmissionConfig(LONG, 3);
    var early = router(config, () -> 0);
    var late = router(config, () -> Duration.ofDays(30).toMillis());
    KeyPolicy policy = limits(4L, null);
    for (Admission admission : List.of(early, late, early, late)) {
      admitted(admission, policy, 1);
    }
    assertInstanceOf(TooSoon.class, early.admit(CALLER, policy, 1));
    assertInstanceOf(TooSoon.class, late.admit(CALLER, policy, 1));
  }

  @Test
  void what_somebody_else_wrote_in_the_place_of_a_window_is_no_obstacle() {
    var admission = router(LONG, 1);
    String place = "flotilla:admission:1:{growth/k_1}";
    redis.ask(client -> client.set(place, "not ours"));
    admitted(admission, limits(2L, null), 1);
    redis.ask(client -> client.hset(place, "rubbish", "x"));
    redis.ask(client -> client.hset(place, "r99999999999", "1"));
    // a slot of the future, as after Redis' clock went back, counts as of now
    assertInstanceOf(TooSoon.class, admission.admit(CALLER, limits(2L, null), 1));
    assertAvailable();
  }

  @Test
  void without_redis_each_router_admits_its_share_and_nobody_waits() {
    stop();
    KeyPolicy policy = limits(10L, 3_000L);
    for (Admission admission : List.of(router(LONG, 3), router(LONG, 3), router(LONG, 3))) {
      long start = System.nanoTime();
      int in = 0;
      while (admission.admit(CALLER, policy, 100) instanceof Admitted) {
        in++;
      }
      assertEquals(3, in);
      assertTrue(System.nanoTime() - start < Duration.ofSeconds(2).toNanos());
      var refused = assertInstanceOf(TooSoon.class, admission.admit(CALLER, policy, 100));
      assertEquals(new Quota(10, 0, requests(refused.standing()).reset()), requests(refused));
      assertTrue(refused.retryAfter().compareTo(LONG.plusSeconds(1)) < 0);
    }
  }

  @Test
  void redis_going_away_gives_no_second_helping_and_redis_coming_back_neither()
      throws InterruptedException {
    var admission = router(LONG, 1);
    var other = router(new AdmissionConfig(LONG, 1), System::currentTimeMillis);
    KeyPolicy policy = limits(10L, null);
    for (int i = 0; i < 6; i++) {
      admitted(admission, policy, 1);
    }
    server.pause();
    for (int i = 0; i < 4; i++) {
      admitted(admission, policy, 1);
    }
    assertInstanceOf(TooSoon.class, admission.admit(CALLER, policy, 1));
    server.resume();
    for (TimeBoxedRedis connection : connections) {
      assertTrue(connection.awaitAvailable(Duration.ofSeconds(10)));
    }
    assertInstanceOf(TooSoon.class, admission.admit(CALLER, policy, 1));
    assertInstanceOf(TooSoon.class, other.admit(CALLER, policy, 1), "it was told to all");
  }

  @Test
  void what_is_settled_without_redis_is_settled_for_the_share_too() {
    stop();
    var admission = router(LONG, 2);
    KeyPolicy policy = limits(null, 2_000L);
    Reservation all = admitted(admission, policy, 1_000).reservation();
    assertInstanceOf(TooSoon.class, admission.admit(CALLER, policy, 100));
    all.settle(200);
    assertEquals(200, tokens(admitted(admission, policy, 600).standing()).remaining());
  }

  /** One request as it was: it was admitted somewhere between two moments. */
  private record Used(long before, long after, long tokens) {}

  @Test
  void three_routers_under_more_demand_than_the_limit_use_all_of_it_and_no_more_in_any_window()
      throws Exception {
    long limit = 60_000;
    KeyPolicy policy = limits(100_000L, limit);
    var routers = List.of(router(WINDOW, 3), router(WINDOW, 3), router(WINDOW, 3));
    int windows = 4;
    var used = new ConcurrentLinkedQueue<Used>();
    long start = System.nanoTime();
    long end = start + WINDOW.multipliedBy(windows).toNanos();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var askers = new ArrayList<Future<?>>();
      for (int i = 0; i < 24; i++) {
        Admission admission = routers.get(i % 3);
        var random = new Random(i);
        askers.add(threads.submit(() -> ask(admission, policy, random, end, used)));
      }
      for (Future<?> asker : askers) {
        asker.get();
      }
    }
    long most = mostInOneWindow(used);
    long all = used.stream().mapToLong(Used::tokens).sum();
    String seen = "most in a window " + most + ", in all " + all + " of " + windows + "x" + limit;
    assertTrue(most <= limit * 1.02, seen);
    assertTrue(all >= windows * limit * 0.98, seen);
  }

  /** Estimates far too low and far too high; every tenth request fails and uses nothing. */
  private static void ask(
      Admission admission, KeyPolicy policy, Random random, long end, Queue<Used> used) {
    try {
      while (System.nanoTime() - end < 0) {
        long tokens = random.nextInt(10) == 0 ? 0 : 50 + random.nextInt(200);
        long before = System.nanoTime();
        switch (admission.admit(CALLER, policy, random.nextBoolean() ? 10 : 900)) {
          case Admitted admitted -> {
            used.add(new Used(before, System.nanoTime(), tokens));
            Thread.sleep(1 + random.nextInt(15));
            admitted.reservation().settle(tokens);
          }
          // others come meanwhile, and what is on its way may use less than was reserved for it
          case TooSoon tooSoon -> Thread.sleep(Math.min(5, tooSoon.retryAfter().toMillis()));
          case NeverFits _ -> throw new AssertionError("900 tokens fit");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Only requests that were surely admitted within the same window are added up. */
  private static long mostInOneWindow(Queue<Used> used) {
    long most = 0;
    for (Used first : used) {
      long until = first.before() + WINDOW.toNanos();
      long sum =
          used.stream()
              .filter(u -> u.before() >= first.before() && u.after() <= until)
              .mapToLong(Used::tokens)
              .sum();
      most = Math.max(most, sum);
    }
    return most;
  }

  @Test
  @FaultRow(row = 57, fault = "bursts at three routers")
  void requests_of_three_routers_stay_within_the_limit_in_any_window_and_reach_it()
      throws Exception {
    long limit = 500;
    KeyPolicy policy = limits(limit, null);
    var window = Duration.ofSeconds(1);
    var routers = List.of(router(window, 3), router(window, 3), router(window, 3));
    var used = new ConcurrentLinkedQueue<Used>();
    long end = System.nanoTime() + window.multipliedBy(4).toNanos();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Admission admission : routers) {
        for (int i = 0; i < 4; i++) {
          threads.execute(() -> knock(admission, policy, end, used));
        }
      }
    }
    long most = 0;
    for (Used first : used) {
      long until = first.before() + window.toNanos();
      most =
          Math.max(
              most,
              used.stream()
                  .filter(u -> u.before() >= first.before() && u.after() <= until)
                  .count());
    }
    String seen = "most in a window " + most + ", in all " + used.size();
    assertTrue(most <= limit, seen);
    assertTrue(used.size() >= 4 * limit * 0.98, seen);
  }

  private static void knock(Admission admission, KeyPolicy policy, long end, Queue<Used> used) {
    try {
      while (System.nanoTime() - end < 0) {
        long before = System.nanoTime();
        if (admission.admit(CALLER, policy, 1) instanceof TooSoon tooSoon) {
          // exactly as told, but not beyond the end
          long left = Math.max(0, (end - System.nanoTime()) / 1_000_000);
          Thread.sleep(Math.min(left, tooSoon.retryAfter().toMillis()));
        } else {
          used.add(new Used(before, System.nanoTime(), 1));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Admitted admitted(Admission admission, KeyPolicy policy, long tokens) {
    return assertInstanceOf(Admitted.class, admission.admit(CALLER, policy, tokens));
  }

  private static Quota requests(TooSoon refused) {
    return requests(refused.standing());
  }

  private static Quota requests(Standing standing) {
    return Objects.requireNonNull(standing.requests());
  }

  private static Quota tokens(Standing standing) {
    return Objects.requireNonNull(standing.tokens());
  }

  private long limited(String scope) {
    return metrics
        .counter("llm_rate_limited", new Tag("scope", scope), new Tag("team", "growth"))
        .getCount();
  }

  private void stop() {
    server.stop();
    stopped = true;
  }

  private void assertAvailable() {
    assertTrue(connections.stream().allMatch(TimeBoxedRedis::available), "nobody was passed over");
  }

  private static Caller caller(String key) {
    return new Caller("growth", key, null, Set.of("caller"), List.of("*"));
  }

  private static KeyPolicy limits(@Nullable Long requests, @Nullable Long tokens) {
    return new KeyPolicy(requests, tokens, false, Hints.NONE);
  }

  private Admission router(Duration window, int replicas) {
    return router(new AdmissionConfig(window, replicas), () -> System.nanoTime() / 1_000_000);
  }

  private Admission router(AdmissionConfig config, LongSupplier millis) {
    TimeBoxedRedis own = redis();
    try {
      if (!stopped) {
        assertTrue(own.awaitAvailable(Duration.ofSeconds(10)));
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return new Admission(config, own, metrics, millis);
  }

  private TimeBoxedRedis redis() {
    var connection =
        new TimeBoxedRedis(URI.create(server.url()), Duration.ofSeconds(1), Duration.ofMillis(20));
    connections.add(connection);
    return connection;
  }
}
