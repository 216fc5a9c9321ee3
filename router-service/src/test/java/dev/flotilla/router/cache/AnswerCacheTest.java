package dev.flotilla.router.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.redis.TimeBoxedRedis;
import dev.flotilla.router.Requests;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.testkit.FaultRow;
import dev.flotilla.testkit.RealRedis;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerCacheTest {
  private static final InstantSource NOW =
      InstantSource.fixed(Instant.parse("2026-11-21T10:00:00Z"));
  private static final InstantSource LATER =
      InstantSource.fixed(Instant.parse("2026-11-21T10:00:30Z"));

  private final RealRedis server = RealRedis.shared();
  private final TimeBoxedRedis redis =
      new TimeBoxedRedis(URI.create(server.url()), Duration.ofSeconds(2), Duration.ofMillis(20));
  private final AnswerCache cache = cache(NOW, "policy-1");

  @BeforeEach
  void empty() throws InterruptedException {
    server.flush();
    redis.awaitAvailable(Duration.ofSeconds(10));
  }

  @AfterEach
  void close() {
    redis.close();
  }

  @Test
  void the_same_request_of_the_same_team_gets_the_same_answer_with_its_age_and_decision() {
    cache.keep(cache.key(Requests.asking("hi"), Requests.ANYBODY), answer("stop"));
    var later = cache(LATER, "policy-1");
    var hit = later.find(later.key(Requests.asking("hi"), Requests.ANYBODY)).orElseThrow();
    assertEquals(answer("stop"), hit.answer());
    assertEquals(Duration.ofSeconds(30), hit.age());
  }

  @Test
  @FaultRow(row = 79, fault = "another team asks the same")
  void another_team_another_policy_or_other_models_allowed_is_a_miss() {
    cache.keep(cache.key(Requests.asking("hi"), Requests.ANYBODY), answer("stop"));
    assertTrue(
        cache.find(cache.key(Requests.asking("hi"), Requests.caller("other", "*"))).isEmpty());
    assertTrue(
        cache
            .find(cache.key(Requests.asking("hi"), Requests.caller("growth", "sim-north/*")))
            .isEmpty());
    var other = cache(NOW, "policy-2");
    assertTrue(other.find(other.key(Requests.asking("hi"), Requests.ANYBODY)).isEmpty());
  }

  @Test
  void the_order_of_fields_and_how_the_answer_travels_do_not_matter_but_everything_else_does() {
    ChatRequest asked =
        Requests.of(
            "{\"model\":\"auto\",\"temperature\":0.5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
    cache.keep(cache.key(asked, Requests.ANYBODY), answer("stop"));
    assertTrue(
        hit(
            "{\"messages\":[{\"content\":\"hi\",\"role\":\"user\"}],\"stream\":true,\"stream_options\":{},\"metadata\":{\"a\":\"b\"},\"temperature\":0.5,\"model\":\"auto\"}"));
    assertTrue(
        !hit(
            "{\"model\":\"auto\",\"temperature\":0.6,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"));
    assertTrue(
        !hit(
            "{\"model\":\"auto\",\"temperature\":0.5,\"seed\":1,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"));
  }

  @Test
  @FaultRow(row = 78, fault = "answers cut by length or by a filter")
  void an_answer_that_did_not_come_to_its_own_end_is_never_kept() {
    for (String finish : new String[] {"length", "content_filter", ""}) {
      cache.keep(cache.key(Requests.asking("hi"), Requests.ANYBODY), answer(finish));
      assertTrue(cache.find(cache.key(Requests.asking("hi"), Requests.ANYBODY)).isEmpty(), finish);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage",
        "\u0000\u0001\u00ff",
        "{\"model\":\"sim-north/fast\",\"completion\":{\"choices\":[{\"finish_re",
        "{\"version\":1,\"answer\":\"Yes.\",\"at\":1}",
        "{\"model\":\"sim-north/fast\",\"completion\":\"Yes.\",\"at\":1}",
        "{\"model\":7,\"completion\":{},\"at\":1}",
        "{\"model\":\"sim-north/fast\",\"completion\":{},\"task_type\":\"unheard-of\",\"at\":1}",
        "[]"
      })
  @FaultRow(row = 76, fault = "what stands there was cut off, or written by somebody else")
  void what_is_no_answer_of_ours_is_a_miss_and_replaced_by_the_next_one(String garbage) {
    String where = cache.key(Requests.asking("hi"), Requests.ANYBODY);
    redis.ask(client -> client.set(where, garbage)).orElseThrow();
    assertTrue(cache.find(cache.key(Requests.asking("hi"), Requests.ANYBODY)).isEmpty());
    cache.keep(cache.key(Requests.asking("hi"), Requests.ANYBODY), answer("stop"));
    assertTrue(cache.find(cache.key(Requests.asking("hi"), Requests.ANYBODY)).isPresent());
  }

  @Test
  @FaultRow(row = 76, fault = "any one byte of a kept answer is another one")
  void a_damaged_answer_is_never_given_but_taken_away() {
    byte[] where = place("hi");
    cache.keep(cache.key(Requests.asking("hi"), Requests.ANYBODY), answer("stop"));
    byte[] kept = redis.ask(client -> client.get(where)).orElseThrow();
    for (int i = 0; i < kept.length; i++) {
      byte[] damaged = kept.clone();
      damaged[i] ^= 1;
      redis.ask(client -> client.set(where, damaged)).orElseThrow();
      assertTrue(
          cache.find(cache.key(Requests.asking("hi"), Requests.ANYBODY)).isEmpty(), "byte " + i);
      assertEquals(false, redis.ask(client -> client.exists(where)).orElseThrow(), "still there");
    }
    redis.ask(client -> client.set(where, kept)).orElseThrow();
    assertTrue(cache.find(cache.key(Requests.asking("hi"), Requests.ANYBODY)).isPresent());
  }

  @Test
  @FaultRow(row = 79, fault = "another team's kept answer is moved to this team's place")
  void an_answer_that_was_kept_elsewhere_is_none() {
    cache.keep(cache.key(Requests.asking("theirs"), Requests.ANYBODY), answer("stop"));
    byte[] theirs = redis.ask(client -> client.get(place("theirs"))).orElseThrow();
    redis.ask(client -> client.set(place("ours"), theirs)).orElseThrow();
    assertTrue(cache.find(cache.key(Requests.asking("ours"), Requests.ANYBODY)).isEmpty());
  }

  private byte[] place(String text) {
    return cache.key(Requests.asking(text), Requests.ANYBODY).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  @FaultRow(row = 76, fault = "a value of another kind stands there")
  void a_value_of_another_kind_is_a_miss_and_keeps_nobody_from_redis() throws Exception {
    String where = cache.key(Requests.asking("hi"), Requests.ANYBODY);
    redis.ask(client -> client.rpush(where, "not", "ours")).orElseThrow();
    assertTrue(cache.find(cache.key(Requests.asking("hi"), Requests.ANYBODY)).isEmpty());
    assertTrue(redis.awaitAvailable(Duration.ofSeconds(10)));
    cache.keep(cache.key(Requests.asking("hi"), Requests.ANYBODY), answer("stop"));
    assertTrue(cache.find(cache.key(Requests.asking("hi"), Requests.ANYBODY)).isPresent());
  }

  @Test
  void keys_are_hashes_that_need_the_secret() {
    var one = new CacheKey("secret-of-sixteen").of("t", "p", Requests.asking("hi"));
    var other = new CacheKey("another-secret-16").of("t", "p", Requests.asking("hi"));
    assertNotEquals(one, other);
    assertTrue(one.matches("flotilla:answer:3:[0-9a-f]{64}"), one);
  }

  private boolean hit(String json) {
    return cache.find(cache.key(Requests.of(json), Requests.ANYBODY)).isPresent();
  }

  private AnswerCache cache(InstantSource clock, String policy) {
    return new AnswerCache(
        new AnswerCacheConfig(true, "0123456789abcdef", Duration.ofHours(1)),
        redis,
        clock,
        () -> policy);
  }

  private static CachedAnswer answer(String finish) {
    var body =
        Requests.of(
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"choices\":[{\"finish_reason\":\""
                    + finish
                    + "\"}]}")
            .body();
    return new CachedAnswer(
        new Completion(body), "sim-north/fast", Classification.hinted(TaskType.BULK), true);
  }
}
