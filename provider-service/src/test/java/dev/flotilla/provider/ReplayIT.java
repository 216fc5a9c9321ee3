package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.json.Json;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.CountingUpstream;
import dev.flotilla.testkit.FaultRow;
import dev.flotilla.testkit.RealRedis;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Two instances, one Redis: a call with a key is paid once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplayIT {
  private static final String ASK =
      """
      {"model":"up/fast","messages":[{"role":"user","content":"Is it so?"}],"max_tokens":50}""";

  private final CountingUpstream upstream = CountingUpstream.start();
  private final FakeLedger ledger = FakeLedger.start();
  private final RealRedis redis = RealRedis.own();
  private final HttpClient client = HttpClient.newHttpClient();
  private Path folder;
  private RunningProvider one;
  private RunningProvider two;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    folder = temporary;
    one = provider("one");
    two = provider("two");
  }

  @AfterAll
  void stop() {
    one.close();
    two.close();
    client.close();
    upstream.close();
    ledger.close();
    redis.close();
  }

  @BeforeEach
  void well() {
    upstream.always(Behaviour.ok());
  }

  @Test
  void a_second_call_with_the_key_gets_the_answer_from_any_instance_and_pays_nothing()
      throws Exception {
    String key = UUID.randomUUID().toString();
    long asked = upstream.requests();
    HttpResponse<String> first = send(one, key, ASK);
    assertEquals(200, first.statusCode(), first.body());
    for (RunningProvider each : new RunningProvider[] {one, two}) {
      HttpResponse<String> again = send(each, key, ASK);
      assertEquals(first.body(), again.body());
      assertEquals("true", header(again, "idempotency-replayed"));
      assertEquals(header(first, "x-flotilla-attempts"), header(again, "x-flotilla-attempts"));
    }
    assertEquals(asked + 1, upstream.requests());
  }

  @Test
  void calls_with_one_key_at_once_join_the_first_of_them() throws Exception {
    upstream.always(Behaviour.slow(Duration.ofMillis(500), Duration.ZERO));
    String key = UUID.randomUUID().toString();
    long asked = upstream.requests();
    var answers =
        IntStream.range(0, 10)
            .mapToObj(
                i ->
                    client.sendAsync(
                        keyed(i % 2 == 0 ? one : two, key, ASK).build(),
                        HttpResponse.BodyHandlers.ofString()))
            .toList();
    String body = answers.getFirst().get().body();
    for (var answer : answers) {
      assertEquals(200, answer.get().statusCode(), answer.get().body());
      assertEquals(body, answer.get().body());
    }
    assertEquals(asked + 1, upstream.requests());
  }

  @Test
  void the_same_key_of_another_team_and_a_call_without_one_are_calls_of_their_own()
      throws Exception {
    String key = UUID.randomUUID().toString();
    long asked = upstream.requests();
    send(one, key, ASK);
    HttpResponse<String> other =
        one.send(keyed(one, key, ASK).setHeader("x-flotilla-team", "another"));
    assertEquals("", header(other, "idempotency-replayed"));
    assertEquals(200, one.ask(ASK).statusCode());
    assertEquals(asked + 3, upstream.requests());
  }

  @Test
  void a_key_that_stands_for_another_call_is_refused() throws Exception {
    String key = UUID.randomUUID().toString();
    send(one, key, ASK);
    long asked = upstream.requests();
    HttpResponse<String> reused = send(two, key, ASK.replace("so?", "not?"));
    assertEquals(422, reused.statusCode(), reused.body());
    assertEquals("idempotency_key_reused", Json.parse(reused.body()).at("/error/code").asText());
    assertEquals(asked, upstream.requests());
  }

  @Test
  void an_error_is_nobodys_answer() throws Exception {
    String key = UUID.randomUUID().toString();
    upstream.always(Behaviour.status(400));
    assertEquals(400, send(one, key, ASK).statusCode());
    upstream.always(Behaviour.ok());
    assertEquals(200, send(two, key, ASK).statusCode());
  }

  @Test
  @FaultRow(row = 65, fault = "an instance is killed while it makes a call with a key")
  void a_call_whose_instance_died_is_not_made_again_before_its_deadline() throws Exception {
    upstream.always(Behaviour.hang());
    String key = UUID.randomUUID().toString();
    long asked = upstream.requests();
    try (var victim = provider("victim")) {
      String deadline = Long.toString(System.currentTimeMillis() + 10_000);
      var _ =
          client.sendAsync(
              keyed(victim, key, ASK).header("x-flotilla-deadline", deadline).build(),
              HttpResponse.BodyHandlers.ofString());
      upstream.awaitRequests(asked + 1, Duration.ofSeconds(10));
      victim.kill();
    }
    upstream.always(Behaviour.ok());
    long sooner = System.currentTimeMillis() + 500;
    HttpResponse<String> waiting =
        two.send(keyed(two, key, ASK).header("x-flotilla-deadline", Long.toString(sooner)));
    assertEquals(504, waiting.statusCode(), waiting.body());
    assertEquals(asked + 1, upstream.requests(), "nobody knows what became of the first one");
    assertEquals(200, send(two, key, ASK).statusCode(), "it waited for the claim to end");
    assertEquals(asked + 2, upstream.requests());
  }

  @Test
  @FaultRow(row = 75, fault = "Redis forgets a call with a key")
  void redis_that_forgot_costs_a_second_payment_that_shows_as_two_attempts() throws Exception {
    String key = UUID.randomUUID().toString();
    String first = header(send(one, key, ASK), "x-flotilla-attempts");
    redis.flush();
    String second = header(send(one, key, ASK), "x-flotilla-attempts");
    String a = Json.parse(first).path(0).path("attempt_id").asText();
    String b = Json.parse(second).path(0).path("attempt_id").asText();
    assertTrue(!a.equals(b), "two attempts");
    assertTrue(ledger.awaitRow(a).costNanos() > 0);
    assertTrue(ledger.awaitRow(b).costNanos() > 0);
  }

  private RunningProvider provider(String name) throws Exception {
    Path own = Files.createDirectories(folder.resolve(name));
    TestCatalog.write(own, upstream.baseUrl());
    return RunningProvider.start(
        own,
        ledger.url(),
        Map.of(
            "flotilla.redis.url", redis.url(),
            "flotilla.retry.most", "0",
            "flotilla.replay.time-box", "PT10S",
            "flotilla.transport.attempt-header", "true"));
  }

  private static HttpRequest.Builder keyed(RunningProvider provider, String key, String body) {
    return provider.call(body).header("x-flotilla-idempotency", key);
  }

  private static HttpResponse<String> send(RunningProvider provider, String key, String body)
      throws Exception {
    return provider.send(keyed(provider, key, body));
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
