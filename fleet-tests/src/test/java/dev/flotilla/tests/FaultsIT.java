package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.OpenAIException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.CountingUpstream;
import dev.flotilla.testkit.FaultRow;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What callers notice of a fault behind the router. Not on the shared fleet: ports are closed and
 * Redis is emptied.
 */
@Timeout(120)
class FaultsIT {
  private static FleetUnderTest fleet;

  /** Behind alpha's address now. */
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

  @BeforeEach
  void well() {
    alpha.always(Behaviour.ok());
    fleet.beta.always(Behaviour.ok());
  }

  @Test
  @FaultRow(row = 1, fault = "the first provider's port is closed")
  void a_closed_port_is_passed_over_at_once_and_the_answer_says_who_gave_it() {
    int port = URI.create(alpha.baseUrl()).getPort();
    alpha.close();
    try {
      long best = Long.MAX_VALUE;
      // Few enough for the circuit to stay closed; on a busy machine one of them is quick.
      for (int i = 0; i < 2; i++) {
        HttpResponse<String> answer = fleet.chat(ask("auto", "the port is closed " + i));
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals("beta/m", header(answer, "x-model-used"));
        assertEquals("connect", header(answer, "x-fallback-reason"));
        best = Math.min(best, json(answer.body()).at("/route/attempts/0/duration_ms").longValue());
      }
      assertTrue(best <= 100, "the quickest fallback took " + best + " ms");
    } finally {
      alpha = CountingUpstream.start(port);
    }
  }

  @Test
  @FaultRow(row = 6, fault = "the first provider takes the request and never answers")
  void a_provider_that_never_answers_is_passed_over_and_its_cost_is_not_known() throws Exception {
    alpha.always(Behaviour.hang());
    HttpResponse<String> answer =
        fleet.chat(KEY, ask("auto", "do you hear me"), "x-request-id", "req_unheard");
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("beta/m", header(answer, "x-model-used"));
    assertEquals("timeout", header(answer, "x-fallback-reason"));
    fleet.awaitRows("request_id = 'req_unheard' and state = 'unknown' and model = 'alpha/m'", 1);
    fleet.awaitRows("request_id = 'req_unheard' and state = 'settled' and model = 'beta/m'", 1);
  }

  @Test
  @FaultRow(row = 20, fault = "the first provider does not know its model, then does")
  void a_model_that_is_gone_is_passed_over_and_down_in_the_list_of_models() throws Exception {
    alpha.always(Behaviour.status(404));
    HttpResponse<String> first =
        fleet.chat(KEY, ask("auto", "are you still there"), "x-request-id", "req_gone_model");
    assertEquals(200, first.statusCode(), first.body());
    assertEquals("beta/m", header(first, "x-model-used"));
    assertEquals("auth", header(first, "x-fallback-reason"));
    fleet.awaitRows("request_id = 'req_gone_model' and state = 'void' and model = 'alpha/m'", 1);
    awaitStatus("down", "and now");
    alpha.always(Behaviour.ok());
    awaitStatus("up", "are you back");
  }

  /** Asks until the list of models says so of alpha's: a model that is gone is probed by calls. */
  private static void awaitStatus(String status, String text) throws Exception {
    var one =
        HttpRequest.newBuilder(URI.create(fleet.baseUrl() + "/models/alpha/m"))
            .header("authorization", "Bearer " + KEY)
            .build();
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    for (int i = 0; ; i++) {
      HttpResponse<String> answer = fleet.http.send(one, HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
      if (json(answer.body()).path("status").asText().equals(status)) {
        return;
      }
      assertTrue(System.nanoTime() < end, answer.body());
      assertAnswered(ask("auto", text + " " + i));
    }
  }

  @Test
  @FaultRow(row = 41, fault = "every provider is down")
  void with_every_provider_down_what_is_in_the_cache_is_still_given() throws Exception {
    String known = cached("before the storm");
    alpha.always(Behaviour.status(503));
    fleet.beta.always(Behaviour.status(503));
    HttpResponse<String> unknown = fleet.chat(ask("auto", "in the storm"));
    assertEquals(503, unknown.statusCode(), unknown.body());
    assertTrue(Long.parseLong(header(unknown, "retry-after")) >= 1);
    HttpResponse<String> kept = fleet.chat(known);
    assertEquals(200, kept.statusCode(), kept.body());
    assertEquals("HIT", header(kept, "x-cache"));
  }

  @Test
  @FaultRow(row = 42, fault = "the caller hangs up before the answer comes")
  void an_answer_nobody_waits_for_is_in_the_ledger_at_what_it_cost() throws Exception {
    alpha.always(Behaviour.slow(Duration.ofMillis(500), Duration.ZERO));
    long asked = alpha.requests();
    String body = ask("auto", "I am gone before you answer");
    try (var caller = new Socket("127.0.0.1", fleet.fleet.url().getPort())) {
      caller
          .getOutputStream()
          .write(
              ("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-request-id: req_gone\r\n"
                      + "authorization: Bearer %s\r\ncontent-length: %d\r\n\r\n%s")
                  .formatted(KEY, body.length(), body)
                  .getBytes(StandardCharsets.UTF_8));
      alpha.awaitRequests(asked + 1, Duration.ofSeconds(20));
    }
    fleet.awaitRows("request_id = 'req_gone' and state = 'settled'", 1);
  }

  @Test
  @FaultRow(row = 55, fault = "openai-java gives up after its own time-out and asks again")
  void each_try_of_an_impatient_sdk_is_an_attempt_in_the_ledger() throws Exception {
    alpha.always(Behaviour.slow(Duration.ofMillis(2_500), Duration.ZERO));
    fleet.beta.always(Behaviour.slow(Duration.ofMillis(2_500), Duration.ZERO));
    long asked = alpha.requests() + fleet.beta.requests();
    double retries = fleet.metric(Service.ROUTER, "llm_client_retries_total");
    OpenAIClient impatient =
        OpenAIOkHttpClient.builder()
            .baseUrl(fleet.baseUrl().toString())
            .apiKey(KEY)
            .timeout(Duration.ofSeconds(1))
            .maxRetries(1)
            .build();
    var params =
        ChatCompletionCreateParams.builder()
            .model("auto")
            .addUserMessage("quickly now")
            .putAdditionalHeader("x-request-id", "req_impatient")
            // Otherwise the second try joins the first, which is better still.
            .putAdditionalHeader("cache-control", "no-store")
            .build();
    assertThrows(OpenAIException.class, () -> impatient.chat().completions().create(params));
    impatient.close();
    fleet.awaitRows("request_id = 'req_impatient'", 2);
    var books = Books.once(fleet, alpha, fleet.alpha, fleet.beta);
    long rows =
        books.rows().values().stream().filter(r -> r.request().equals("req_impatient")).count();
    assertEquals(alpha.requests() + fleet.beta.requests() - asked, rows);
    assertTrue(rows >= 2, rows + " attempts");
    assertEquals(retries + 1, fleet.metric(Service.ROUTER, "llm_client_retries_total"));
  }

  @Test
  @FaultRow(row = 75, fault = "Redis is emptied, then restarted with nothing in it")
  void redis_losing_everything_costs_kept_answers_and_nothing_else() throws Exception {
    String known = cached("remember this");
    long before = rows();
    flush();
    assertEquals("MISS", header(assertAnswered(known), "x-cache"));
    awaitHit(known);
    fleet.fleet.stopRedis();
    fleet.fleet.startRedis();
    assertEquals("MISS", header(assertAnswered(known), "x-cache"));
    awaitHit(known);
    fleet.awaitRows("state = 'settled'", before + 2);
  }

  private static HttpResponse<String> assertAnswered(String body) {
    HttpResponse<String> answer = fleet.chat(body);
    assertEquals(200, answer.statusCode(), answer.body());
    return answer;
  }

  /** A request whose answer is kept. */
  private static String cached(String text) {
    String body = ask("auto", text);
    awaitHit(body);
    return body;
  }

  /** Redis may be passed over for a moment, on a busy machine or after a restart. */
  private static void awaitHit(String body) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!header(assertAnswered(body), "x-cache").equals("HIT")) {
      assertTrue(System.nanoTime() < end, "nothing is kept");
    }
  }

  private static long rows() throws Exception {
    try (var connection = fleet.ledger();
        var query =
            connection.prepareStatement(
                "select count(*) from cost.attempt where state = 'settled'");
        var found = query.executeQuery()) {
      found.next();
      return found.getLong(1);
    }
  }

  private static void flush() throws IOException {
    Map<String, String> environment = fleet.fleet.environment(Service.ROUTER);
    URI redis = URI.create(environment.get("FLOTILLA_REDIS_URL"));
    try (var socket = new Socket(redis.getHost(), redis.getPort())) {
      socket.getOutputStream().write("FLUSHALL\r\n".getBytes(StandardCharsets.US_ASCII));
      assertEquals('+', socket.getInputStream().read());
    }
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
