package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.askStreaming;
import static dev.flotilla.tests.FleetUnderTest.json;
import static dev.flotilla.tests.FleetUnderTest.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.Instance;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.FaultRow;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What three routers promise together, each a process of its own. */
class SeveralRoutersIT {
  private static final Duration WINDOW = Duration.ofSeconds(4);
  private static final Duration LEASE = Duration.ofSeconds(3);
  private static final int WINDOWS = 3;

  /** What each request of limited keys asks, and the tokens its answer uses. */
  private static final String QUESTION = "Is there any room left?";

  private static final long TOKENS_EACH = 60;

  private static final String TOKENS_KEY = "sk-tokens";

  /**
   * Few enough requests for a busy machine to make; the rest is what may be reserved for the last
   * one beyond what it uses.
   */
  private static final long TOKENS = 50 * TOKENS_EACH + 5;

  private static final String REQUESTS_KEY = "sk-requests";
  private static final long REQUESTS = 20;
  private static final String SHARED_KEY = "sk-shared";
  private static final int SHARE = 3;

  private static FleetUnderTest fleet;
  private static Instance second;
  private static Instance third;
  private static List<URI> routers;

  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  /** Redis gets more time than outside of tests: on a busy machine it is slow but not away. */
  @BeforeAll
  static void start() throws Exception {
    fleet =
        FleetUnderTest.start(
            Files.createTempDirectory("flotilla-tests"),
            Map.of(
                "FLOTILLA_ADMISSION_WINDOW", WINDOW.toString(),
                "FLOTILLA_ADMISSION_REPLICAS", "3",
                "FLOTILLA_FLIGHT_LEASE", LEASE.toString(),
                "FLOTILLA_FLIGHT_REMEMBER_FAILURE", "PT30S",
                "FLOTILLA_REDIS_TIME_BOX", "PT2S"),
            key("k_tokens", TOKENS_KEY, "tokens", ", rpm: 100000, tpm: " + TOKENS)
                + key("k_requests", REQUESTS_KEY, "requests", ", rpm: " + REQUESTS)
                + key("k_shared", SHARED_KEY, "shared", ", rpm: " + 3 * SHARE));
    second = fleet.fleet.startAnother(Service.ROUTER);
    third = fleet.fleet.startAnother(Service.ROUTER);
    routers = List.of(fleet.fleet.url(), second.url(), third.url());
  }

  @AfterAll
  static void close() {
    if (fleet != null) {
      fleet.close();
    }
  }

  @BeforeEach
  void upstreamsAreWell() {
    fleet.alpha.always(Behaviour.ok());
    fleet.beta.always(Behaviour.ok());
  }

  @Test
  @FaultRow(row = 77, fault = "200 identical requests at two routers")
  void of_200_identical_requests_at_two_routers_one_asks_and_all_get_its_answer() throws Exception {
    long asked = upstreamCalls();
    fleet.alpha.next(1, Behaviour.slow(Duration.ofMillis(300), Duration.ZERO));
    var answers =
        submitAndAwait(200, i -> same(i, routers.get(i / 2 % 2), "req_crowd_" + i, "Same?"));

    assertEquals(asked + 1, upstreamCalls());
    assertEquals(Set.of(200), distinct(answers, HttpResponse::statusCode));
    assertEquals(1, distinct(answers, SeveralRoutersIT::text).size());
    var hits = answers.stream().filter(a -> header(a, "x-cache").equals("HIT")).toList();
    assertEquals(199, hits.size());
    assertEquals(Set.of("0"), distinct(hits, a -> header(a, "x-cost-usd")));
    assertEquals(Set.of(0), distinct(hits, a -> usage(a).path("cost").decimalValue().signum()));
    assertAttempts(1, "req_crowd_");
  }

  @Test
  void of_200_identical_requests_one_asks_each_candidate_in_vain_and_all_are_told()
      throws Exception {
    fleet.alpha.always(Behaviour.status(503));
    fleet.beta.always(Behaviour.status(503));
    long alphaAsked = fleet.alpha.requests();
    long betaAsked = fleet.beta.requests();
    var answers =
        submitAndAwait(200, i -> same(i, routers.get(i / 2 % 2), "req_vain_" + i, "In vain?"));

    assertEquals(alphaAsked + 1, fleet.alpha.requests());
    assertEquals(betaAsked + 1, fleet.beta.requests());
    assertEquals(Set.of(503), distinct(answers, HttpResponse::statusCode));
    assertEquals(Set.of("false"), distinct(answers, a -> header(a, "x-should-retry")));
    assertEquals(Set.of("1"), distinct(answers, a -> header(a, "retry-after")));
    assertEquals(
        Set.of("all_providers_failed"), distinct(answers, a -> error(a).path("code").asText()));
    assertEquals(Set.of("provider"), distinct(answers, a -> error(a).path("source").asText()));
    assertAttempts(2, "req_vain_");
  }

  @Test
  void when_the_router_that_asks_is_killed_one_of_those_who_wait_elsewhere_asks_again()
      throws Exception {
    long asked = upstreamCalls();
    fleet.alpha.next(1, Behaviour.slow(Duration.ofMinutes(2), Duration.ZERO));
    var lost = callers.submit(() -> same(0, fleet.fleet.url(), "req_orphan", "Orphan?"));
    fleet.alpha.awaitRequests(asked - fleet.beta.requests() + 1, Duration.ofSeconds(20));
    var waiting =
        submit(20, i -> same(i, i < 10 ? second.url() : third.url(), "req_orphan_" + i, "Orphan?"));
    for (Instance other : List.of(second, third)) {
      fleet.awaitMetric(10, other.opsUrl(), "llm_router_inflight_requests");
    }
    assertEquals(asked + 1, upstreamCalls());
    try {
      long killed = System.nanoTime();
      fleet.fleet.kill9(Service.ROUTER);
      var answers = all(waiting);
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed);

      assertEquals(asked + 2, upstreamCalls());
      assertEquals(Set.of(200), distinct(answers, HttpResponse::statusCode));
      assertEquals(1, distinct(answers, SeveralRoutersIT::text).size());
      assertEquals(19, answers.stream().filter(a -> header(a, "x-cache").equals("HIT")).count());

      // the lease, and what a busy machine takes for twenty answers
      assertTrue(took < LEASE.plusSeconds(3).toMillis(), "they waited " + took + " ms");
      assertEquals(Future.State.FAILED, ended(lost));
    } finally {
      fleet.fleet.awaitReady(Service.ROUTER);
    }
  }

  @Test
  void more_demand_than_a_keys_limits_uses_all_of_them_and_no_more_in_any_window()
      throws Exception {
    awaitThatThereCanBeDemand();
    long end = System.nanoTime() + WINDOW.multipliedBy(WINDOWS).toNanos();
    var ofTokens = new Demand(TOKENS_KEY, end);
    var ofRequests = new Demand(REQUESTS_KEY, end);
    submitAndAwait(18, i -> (i < 12 ? ofTokens : ofRequests).ask(routers.get(i % 3), i));

    String tokens = ofTokens.seen(Used::tokens, TOKENS);
    assertTrue(ofTokens.mostInOneWindow(Used::tokens) <= TOKENS * 1.02, tokens);
    assertTrue(ofTokens.sum(Used::tokens) >= WINDOWS * TOKENS * 0.98, tokens);
    String requests = ofRequests.seen(u -> 1L, REQUESTS);
    assertTrue(ofRequests.mostInOneWindow(u -> 1L) <= REQUESTS, requests);
    assertTrue(ofRequests.sum(u -> 1L) >= WINDOWS * REQUESTS * 0.98, requests);

    assertEquals(ofTokens.admitted.size() * TOKENS_EACH, ofTokens.sum(Used::tokens), tokens);
    for (var answer : ofTokens.admitted) {
      assertStanding(answer, "tokens", TOKENS);
      assertStanding(answer, "requests", 100_000);
    }
    for (var answer : ofRequests.admitted) {
      assertStanding(answer, "requests", REQUESTS);
      assertEquals("", header(answer, "x-ratelimit-limit-tokens"));
    }
    assertFalse(ofTokens.refused.isEmpty() || ofRequests.refused.isEmpty());
    ofTokens.refused.forEach(answer -> assertRefused(answer, "tokens", TOKENS));
    ofRequests.refused.forEach(answer -> assertRefused(answer, "requests", REQUESTS));
  }

  @Test
  void a_key_without_limits_hears_of_none() {
    for (var answer : List.of(fleet.chat("{"), fleet.chat(ask("auto", "no limits")))) {
      assertFalse(
          answer.headers().map().keySet().stream().anyMatch(n -> n.startsWith("x-ratelimit-")));
    }
  }

  @Test
  void a_request_that_can_never_fit_is_told_so_and_not_to_come_again() {
    String large = "{\"max_tokens\":" + (TOKENS + 1) + "," + ask("auto", "too long").substring(1);
    var answer = fleet.chat(third.url(), TOKENS_KEY, large);
    assertEquals(400, answer.statusCode(), answer.body());
    assertEquals("request_exceeds_token_limit", error(answer).path("code").asText());
    assertEquals("router", error(answer).path("source").asText());
    String message = error(answer).path("message").asText();
    assertTrue(message.contains("has " + TOKENS + " a minute; lower max_tokens"), message);
    assertEquals("", header(answer, "retry-after"));
  }

  @Test
  @FaultRow(row = 73, fault = "limits without Redis")
  void without_redis_each_router_admits_its_share_and_nobody_fails() throws Exception {
    fleet.fleet.stopRedis();
    try {
      for (URI router : routers) {
        var demand = new Demand(SHARED_KEY, Long.MAX_VALUE);
        for (int i = 0; i < 30 && demand.refused.isEmpty(); i++) {
          demand.askOnce(router, i);
        }
        assertEquals(SHARE, demand.mostInOneWindow(u -> 1L));
        demand.refused.forEach(answer -> assertRefused(answer, "requests", 3 * SHARE));
        assertEquals(200, fleet.chat(router, KEY, ask("auto", "no Redis " + router)).statusCode());
      }
    } finally {
      fleet.fleet.startRedis();
      for (URI router : routers) {
        awaitCache(router);
      }
    }
  }

  /** One request as it was: it was admitted somewhere between two moments. */
  private record Used(long before, long after, long tokens) {}

  /** Callers of one key who come again as soon as they are told to. Each request goes upstream. */
  private static final class Demand {
    private final String key;
    private final long end;
    final Collection<HttpResponse<String>> admitted = new ConcurrentLinkedQueue<>();
    final Collection<HttpResponse<String>> refused = new ConcurrentLinkedQueue<>();
    private final Collection<Used> used = new ConcurrentLinkedQueue<>();

    Demand(String key, long end) {
      this.key = key;
      this.end = end;
    }

    /** Returns when the time is over: how often this caller asked. */
    int ask(URI router, int caller) throws InterruptedException {
      int i = 0;
      for (; left().isPositive(); i++) {
        var answer = askOnce(router, 1_000 * caller + i);
        if (answer.statusCode() == 429) {
          var told = Duration.ofMillis(Long.parseLong(header(answer, "retry-after-ms")));
          Thread.sleep(told.compareTo(left()) < 0 ? told : left());
        }
      }
      return i;
    }

    HttpResponse<String> askOnce(URI router, int number) {
      long before = System.nanoTime();
      var answer = limited(router, key, number);
      long after = System.nanoTime();
      if (answer.statusCode() == 200) {
        long prompt = usage(answer).path("prompt_tokens").asLong();
        used.add(
            new Used(before, after, prompt + usage(answer).path("completion_tokens").asLong()));
        admitted.add(answer);
      } else {
        assertEquals(429, answer.statusCode(), answer.body());
        refused.add(answer);
      }
      return answer;
    }

    private Duration left() {
      return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    long sum(Function<Used, Long> what) {
      return used.stream().mapToLong(what::apply).sum();
    }

    /** Only requests that were surely admitted within the same window are added up. */
    long mostInOneWindow(Function<Used, Long> what) {
      long most = 0;
      for (Used first : used) {
        long until = first.before() + WINDOW.toNanos();
        long sum =
            used.stream()
                .filter(u -> u.before() >= first.before() && u.after() <= until)
                .mapToLong(what::apply)
                .sum();
        most = Math.max(most, sum);
      }
      return most;
    }

    String seen(Function<Used, Long> what, long limit) {
      return "most in a window %d, in all %d of %d x %d; %d admitted, %d refused"
          .formatted(
              mostInOneWindow(what), sum(what), WINDOWS, limit, admitted.size(), refused.size());
    }
  }

  /**
   * Past the cache. Every third is streamed. Every other one says that it may take much more than
   * it will; by the length of its body each would take less.
   */
  private static HttpResponse<String> limited(URI router, String key, int number) {
    String body = number % 3 == 0 ? askStreaming("auto", QUESTION) : ask("auto", QUESTION);
    if (number % 2 == 0) {
      body = "{\"max_tokens\":100," + body.substring(1);
    }
    return fleet.chat(router, key, body, "cache-control", "no-store");
  }

  /** Every other one streamed. */
  private static HttpResponse<String> same(int i, URI router, String id, String text) {
    String body = i % 2 == 0 ? ask("auto", text) : askStreaming("auto", text);
    return fleet.chat(router, KEY, body, "x-request-id", id);
  }

  private static void assertRefused(HttpResponse<String> answer, String type, long limit) {
    assertEquals(429, answer.statusCode(), answer.body());
    assertEquals(type, error(answer).path("type").asText());
    assertEquals("rate_limit_exceeded", error(answer).path("code").asText());
    assertEquals("router", error(answer).path("source").asText());
    assertEquals("true", header(answer, "x-should-retry"));
    long millis = Long.parseLong(header(answer, "retry-after-ms"));
    assertTrue(millis > 0 && millis <= WINDOW.toMillis() + 100, millis + " ms");
    assertEquals((millis + 999) / 1000, Long.parseLong(header(answer, "retry-after")));
    assertStanding(answer, type, limit);
  }

  private static void assertStanding(HttpResponse<String> answer, String what, long limit) {
    assertEquals(Long.toString(limit), header(answer, "x-ratelimit-limit-" + what));
    long remaining = Long.parseLong(header(answer, "x-ratelimit-remaining-" + what));
    assertTrue(remaining >= 0 && remaining <= limit, remaining + " " + what);
    String reset = header(answer, "x-ratelimit-reset-" + what);
    assertTrue(reset.matches("\\d+(\\.\\d+)?m?s"), reset);
  }

  /** Waits until the ledger has all attempts there were, and looks that it has no more. */
  private static void assertAttempts(int expected, String requestIds) throws Exception {
    fleet.awaitRows("request_id like '" + requestIds + "%'", expected);
    // what comes later is written down later
    fleet.alpha.always(Behaviour.ok());
    String later = requestIds + "later";
    same(0, routers.getFirst(), later, later);
    fleet.awaitRows("request_id = '" + later + "' and state = 'settled'", 1);
    try (var connection = fleet.ledger();
        var query = connection.createStatement();
        var rows =
            query.executeQuery(
                "select count(*) from cost.attempt where request_id like '"
                    + requestIds
                    + "%' and request_id <> '"
                    + later
                    + "'")) {
      rows.next();
      assertEquals(expected, rows.getLong(1));
    }
  }

  /**
   * Waits until routers that have just started, or a busy machine, answer so many requests that
   * limits are what holds them back: three times as many as those admit.
   */
  private void awaitThatThereCanBeDemand() throws Exception {
    long enough = 3 * (TOKENS / TOKENS_EACH + REQUESTS) * 1_000 / WINDOW.toMillis();
    long patience = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    long start;
    do {
      start = System.nanoTime();
      submitAndAwait(
          18,
          i -> {
            for (int n = 0; n < enough / 9; n++) {
              limited(routers.get(i % 3), KEY, n);
            }
            return i;
          });
    } while (System.nanoTime() - start > Duration.ofSeconds(2).toNanos()
        && System.nanoTime() < patience);
  }

  private static void awaitCache(URI router) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    for (int i = 0; System.nanoTime() < end; i++) {
      String body = ask("auto", "back " + router + i);
      fleet.chat(router, KEY, body);
      if (header(fleet.chat(router, KEY, body), "x-cache").equals("HIT")) {
        return;
      }
    }
    throw new AssertionError(router + " does not use the cache again");
  }

  private static long upstreamCalls() {
    return fleet.alpha.requests() + fleet.beta.requests();
  }

  private interface Caller<T> {
    T call(int number) throws Exception;
  }

  private <T> List<Future<T>> submit(int n, Caller<T> caller) {
    return IntStream.range(0, n).mapToObj(i -> callers.submit(() -> caller.call(i))).toList();
  }

  private <T> List<T> submitAndAwait(int n, Caller<T> caller) throws Exception {
    return all(submit(n, caller));
  }

  private static <T> List<T> all(List<Future<T>> futures) throws Exception {
    var results = new ArrayList<T>();
    for (Future<T> future : futures) {
      results.add(future.get(90, TimeUnit.SECONDS));
    }
    return results;
  }

  private static Future.State ended(Future<?> future) throws Exception {
    try {
      future.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      // its state says so
    }
    return future.state();
  }

  private static <T> Set<T> distinct(
      List<HttpResponse<String>> answers, Function<HttpResponse<String>, T> what) {
    return answers.stream().map(what).collect(Collectors.toSet());
  }

  private static String text(HttpResponse<String> answer) {
    return bodies(answer)
        .map(body -> body.path("choices").path(0))
        .map(
            c ->
                c.path("message")
                    .path("content")
                    .asText(c.path("delta").path("content").asText("")))
        .collect(Collectors.joining());
  }

  private static JsonNode usage(HttpResponse<String> answer) {
    return bodies(answer).toList().getLast().path("usage");
  }

  private static JsonNode error(HttpResponse<String> answer) {
    return json(answer.body()).path("error");
  }

  /** The one body, or the chunks of a stream. */
  private static Stream<JsonNode> bodies(HttpResponse<String> answer) {
    return header(answer, "content-type").startsWith("text/event-stream")
        ? answer.body().lines().filter(l -> l.startsWith("data: {")).map(l -> json(l.substring(6)))
        : Stream.of(json(answer.body()));
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
