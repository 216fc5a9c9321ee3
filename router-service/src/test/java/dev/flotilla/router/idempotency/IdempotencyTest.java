package dev.flotilla.router.idempotency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.redis.TimeBoxedRedis;
import dev.flotilla.router.OpenDoors;
import dev.flotilla.router.Porters;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.door.Visit;
import dev.flotilla.testkit.FaultRow;
import dev.flotilla.testkit.RealRedis;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two routers, one Redis, and something behind the doors that counts how often it is asked. */
@Timeout(60)
class IdempotencyTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String BODY = "{\"question\":\"a secret plan\"}";
  private static final int LONGEST = 10_000;

  private final RealRedis server = RealRedis.own();
  private final List<TimeBoxedRedis> connections = new ArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile DoorHandler behind = this::hello;
  private OpenDoors one;
  private OpenDoors two;

  @BeforeEach
  void start() throws InterruptedException {
    one = router();
    two = router();
    for (TimeBoxedRedis connection : connections) {
      assertTrue(connection.awaitAvailable(Duration.ofSeconds(10)));
    }
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
    connections.forEach(TimeBoxedRedis::close);
    server.close();
  }

  @Test
  @FaultRow(row = 54, fault = "the same request twice, at two routers")
  void the_same_request_again_gets_the_same_reply_and_nobody_is_asked() {
    HttpResponse<String> first = one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k 1");
    assertEquals(200, first.statusCode(), first.body());
    assertEquals("", header(first, "idempotency-replayed"));
    for (OpenDoors router : List.of(one, two)) {
      HttpResponse<String> again = router.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k 1");
      assertEquals(200, again.statusCode());
      assertEquals(first.body(), again.body());
      assertEquals("true", header(again, "idempotency-replayed"));
      assertEquals("m/1", header(again, "x-model-used"));
      assertEquals("application/json", header(again, "content-type"));
      assertEquals(header(first, "x-request-id"), header(again, "x-original-request-id"));
      assertFalse(header(first, "x-request-id").equals(header(again, "x-request-id")));
      assertEquals("", header(again, "x-overhead-ms"), "true of the first reply only");
    }
    assertEquals(1, asked.get());
  }

  @Test
  @FaultRow(row = 54, fault = "the same request 20 times at once, at two routers")
  void while_it_is_being_answered_others_are_told_to_come_again() throws Exception {
    var goOn = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    behind =
        visit -> {
          begun.countDown();
          await(goOn);
          hello(visit);
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> first =
          threads.submit(() -> one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k"));
      await(begun);
      var others = new ArrayList<Future<HttpResponse<String>>>();
      for (int i = 0; i < 20; i++) {
        OpenDoors router = i % 2 == 0 ? one : two;
        others.add(
            threads.submit(() -> router.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k")));
      }
      for (var other : others) {
        HttpResponse<String> told = other.get();
        assertEquals(409, told.statusCode(), told.body());
        assertEquals("idempotency_in_flight", code(told));
        assertEquals("1", header(told, "retry-after"));
        assertEquals("true", header(told, "x-should-retry"));
      }
      goOn.countDown();
      assertEquals(200, first.get().statusCode());
      HttpResponse<String> again = two.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k");
      assertEquals(first.get().body(), again.body());
    }
    assertEquals(1, asked.get());
  }

  @Test
  @FaultRow(row = 54, fault = "the same key with another request")
  void a_key_that_stands_for_another_request_is_refused_and_teams_have_keys_of_their_own() {
    one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k");
    for (HttpResponse<String> other :
        List.of(
            two.post(CHAT, OpenDoors.KEY, BODY + " ", "idempotency-key", "k"),
            two.post("/v1/messages", OpenDoors.KEY, BODY, "idempotency-key", "k"),
            two.post(CHAT, OpenDoors.NARROW_KEY, BODY, "idempotency-key", "k"))) {
      assertEquals(422, other.statusCode(), other.body());
      assertEquals("idempotency_key_reused", code(other));
    }
    assertEquals(1, asked.get());
    HttpResponse<String> elsewhere =
        two.post(CHAT, OpenDoors.OTHER_KEY, BODY, "idempotency-key", "k");
    assertEquals(200, elsewhere.statusCode());
    assertEquals("", header(elsewhere, "idempotency-replayed"));
    assertEquals(2, asked.get());
  }

  @Test
  void a_stream_comes_again_as_a_stream() {
    behind = visit -> stream(visit, 3, new CountDownLatch(0));
    HttpResponse<String> first = one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k");
    HttpResponse<String> again = two.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k");
    assertEquals("data: 0\n\ndata: 1\n\ndata: 2\n\n", again.body());
    assertEquals(first.body(), again.body());
    assertEquals("text/event-stream; charset=utf-8", header(again, "content-type"));
    assertEquals("true", header(again, "idempotency-replayed"));
    assertEquals(1, asked.get());
  }

  @Test
  void a_stream_that_broke_is_asked_for_anew() {
    behind =
        visit -> {
          visit.out().broken();
          stream(visit, 1, new CountDownLatch(0));
        };
    one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k");
    behind = this::hello;
    HttpResponse<String> again = two.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k");
    assertEquals("", header(again, "idempotency-replayed"));
    assertEquals(2, asked.get());
  }

  @Test
  @FaultRow(row = 54, fault = "the caller of a stream leaves and sends the request again")
  void a_caller_who_left_a_stream_finds_the_whole_of_it_when_he_comes_again() throws Exception {
    var left = new CountDownLatch(1);
    behind = visit -> stream(visit, 200, left);
    try (var caller = new Socket("127.0.0.1", one.url().getPort())) {
      caller.setSoLinger(true, 0);
      caller
          .getOutputStream()
          .write(
              ("POST %s HTTP/1.1\r\nhost: x\r\nauthorization: Bearer %s\r\nidempotency-key: k\r\n"
                      + "content-length: %d\r\n\r\n%s")
                  .formatted(CHAT, OpenDoors.KEY, BODY.length(), BODY)
                  .getBytes(StandardCharsets.US_ASCII));
      assertTrue(caller.getInputStream().read() > 0);
    }
    left.countDown();
    HttpResponse<String> again = untilAnswered(two);
    assertEquals("true", header(again, "idempotency-replayed"));
    assertTrue(again.body().endsWith("data: 199\n\n"), again.body());
    assertEquals(1, asked.get());
  }

  @Test
  void what_may_be_well_again_is_not_kept_and_what_follows_from_the_request_is() {
    for (int status : new int[] {402, 408, 409, 429, 500, 502, 503, 504}) {
      behind = visit -> refuse(visit, status);
      one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "s" + status);
      behind = this::hello;
      HttpResponse<String> again =
          two.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "s" + status);
      assertEquals(200, again.statusCode(), status + ": " + again.body());
      assertEquals("", header(again, "idempotency-replayed"));
    }
    for (int status : new int[] {400, 404, 413, 422}) {
      behind = visit -> refuse(visit, status);
      HttpResponse<String> first =
          one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "s" + status);
      behind = this::hello;
      HttpResponse<String> again =
          two.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "s" + status);
      assertEquals(status, again.statusCode());
      assertEquals(first.body(), again.body());
    }
  }

  @Test
  void a_failure_within_is_not_kept() {
    behind =
        visit -> {
          throw new IllegalStateException("a bug");
        };
    assertEquals(500, one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k").statusCode());
    behind = this::hello;
    assertEquals(200, two.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k").statusCode());
  }

  @Test
  void keys_that_cannot_be_one_are_refused() {
    for (String key : List.of("", " ", "x".repeat(256), "a\tb")) {
      HttpResponse<String> refused = raw(one, key);
      assertEquals(400, refused.statusCode(), "'" + key + "'");
      assertEquals("invalid_idempotency_key", code(refused), key);
    }
    HttpResponse<String> two =
        one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "a", "idempotency-key", "b");
    assertEquals(400, two.statusCode());
    assertEquals("invalid_idempotency_key", code(two));
    assertEquals(0, asked.get());
    assertEquals(
        200, one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "x".repeat(255)).statusCode());
  }

  @Test
  @FaultRow(row = 73, fault = "a request with an idempotency-key while Redis is stopped")
  void without_redis_it_is_answered_and_says_that_nobody_could_look() throws Exception {
    server.stop();
    for (int i = 1; i <= 2; i++) {
      HttpResponse<String> answer = one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k");
      assertEquals(200, answer.statusCode(), answer.body());
      assertEquals("true", header(answer, "idempotency-unavailable"));
      assertEquals(i, asked.get());
    }
    server.start();
    for (TimeBoxedRedis connection : connections) {
      assertTrue(connection.awaitAvailable(Duration.ofSeconds(10)));
    }
    HttpResponse<String> back = one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k");
    assertEquals("", header(back, "idempotency-unavailable"));
    assertEquals(
        "true",
        header(
            one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k"), "idempotency-replayed"));
  }

  @Test
  void a_router_that_never_comes_back_keeps_others_away_until_its_callers_deadline() {
    var never = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    behind =
        visit -> {
          begun.countDown();
          await(never);
          refuse(visit, 400);
        };
    Thread.startVirtualThread(
        () -> one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k", "x-timeout-ms", "200"));
    await(begun);
    assertEquals(409, two.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k").statusCode());
    behind = this::hello;
    HttpResponse<String> answer = untilAnswered(two);
    assertEquals("", header(answer, "idempotency-replayed"));
    never.countDown();
    HttpResponse<String> again = two.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k");
    assertEquals(answer.body(), again.body(), "who comes too late changes nothing");
  }

  @Test
  void a_reply_too_long_to_be_kept_is_not_asked_for_twice() {
    behind = visit -> visit.send(200, "text/plain", new byte[LONGEST + 1]);
    assertEquals(200, one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k").statusCode());
    behind = this::hello;
    HttpResponse<String> again = two.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k");
    assertEquals(409, again.statusCode(), again.body());
    assertEquals("idempotency_reply_not_kept", code(again));
    assertEquals("false", header(again, "x-should-retry"));
    assertEquals(1, asked.get());
  }

  @Test
  void redis_knows_neither_keys_nor_questions_and_forgets_replies() {
    one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "my-own-key");
    Map<String, String> all = everything();
    assertEquals(1, all.keySet().stream().filter(k -> k.startsWith("flotilla:once:")).count());
    String text = all.toString();
    for (String secret : List.of("my-own-key", "secret plan", "growth", "hello")) {
      assertFalse(text.contains(secret), secret + " in " + text);
    }
    long life =
        connections.getFirst().ask(c -> c.ttl(all.keySet().iterator().next())).orElseThrow();
    assertTrue(life > 3_500 && life <= 3_600, "lives " + life + " s");
  }

  @Test
  @FaultRow(row = 76, fault = "a kept reply is damaged, or stands where another one was")
  void a_damaged_reply_is_not_given_and_not_kept() {
    one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k");
    String place = everything().keySet().iterator().next();
    TimeBoxedRedis redis = connections.getFirst();
    String reply = redis.ask(c -> c.hget(place, "reply")).orElseThrow();
    int middle = reply.length() / 2;
    char other = reply.charAt(middle) == 'A' ? 'B' : 'A';
    String damaged = reply.substring(0, middle) + other + reply.substring(middle + 1);
    for (String found : List.of(damaged, "no base64!", "", reply.substring(0, middle))) {
      int before = asked.get();
      redis.ask(c -> c.hset(place, "reply", found)).orElseThrow();
      HttpResponse<String> answer = two.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k");
      assertEquals(200, answer.statusCode());
      assertEquals("", header(answer, "idempotency-replayed"), found);
      assertEquals(before + 1, asked.get());
      HttpResponse<String> again = one.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k");
      assertEquals("true", header(again, "idempotency-replayed"));
      assertEquals(answer.body(), again.body());
    }
  }

  private OpenDoors router() {
    var redis =
        new TimeBoxedRedis(URI.create(server.url()), Duration.ofSeconds(2), Duration.ofMillis(20));
    connections.add(redis);
    var config =
        new IdempotencyConfig(
            "0123456789abcdef", Duration.ofHours(1), LONGEST, Duration.ofMinutes(10));
    DoorHandler once =
        new Idempotency(config, redis, Porters.METRICS)
            .once(
                visit -> {
                  asked.incrementAndGet();
                  behind.answer(visit);
                });
    Set<Role> callers = Set.of(Role.CALLER);
    return OpenDoors.open(
        Porters.everybody(),
        new Door("POST", CHAT, callers, 10_000, "", once),
        new Door("POST", "/v1/messages", callers, 10_000, "", once));
  }

  private void hello(Visit visit) {
    visit.setHeader("x-model-used", "m/1");
    visit.setHeader("x-overhead-ms", "1");
    visit.send(200, Json.object().put("hello", asked.get()));
  }

  private static void refuse(Visit visit, int status) {
    visit.send(new ApiError(status, "t", "c", "refused " + visit.requestId(), null, "router"));
  }

  /** The first chunk at once, the others when {@code goOn} says so. */
  private static void stream(Visit visit, int chunks, CountDownLatch goOn) throws IOException {
    try (OutputStream out = visit.beginEvents()) {
      for (int i = 0; i < chunks; i++) {
        out.write(("data: " + i + "\n\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
        await(goOn);
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HttpResponse<String> untilAnswered(OpenDoors router) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (true) {
      var answer = router.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", "k");
      if (answer.statusCode() != 409 || System.nanoTime() > end) {
        assertEquals(200, answer.statusCode(), answer.body());
        return answer;
      }
    }
  }

  private HttpResponse<String> raw(OpenDoors router, String key) {
    return router.post(CHAT, OpenDoors.KEY, BODY, "idempotency-key", key);
  }

  private Map<String, String> everything() {
    var all = new HashMap<String, String>();
    TimeBoxedRedis redis = connections.getFirst();
    for (String key : redis.ask(c -> c.keys("*")).orElseThrow()) {
      all.put(key, String.valueOf(redis.ask(c -> c.hgetAll(key)).orElseThrow()));
    }
    return all;
  }

  private static String code(HttpResponse<String> answer) {
    try {
      return Json.parse(answer.body()).at("/error/code").asText();
    } catch (NotJson e) {
      throw new AssertionError(answer.body(), e);
    }
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
