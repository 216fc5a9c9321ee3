package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.testkit.FaultRow;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Circuits as another service of the fleet meets them. */
class CircuitIT {
  private static final String ASK =
      """
      {"model":"up/fast","messages":[{"role":"user","content":"Is it so?"}],"max_tokens":50}""";
  private static final String USAGE =
      """
      {"prompt_tokens":100,"completion_tokens":50}""";

  private final WatchedUpstream upstream = new WatchedUpstream();
  private final FakeLedger ledger = FakeLedger.start();
  private final AtomicInteger asked = new AtomicInteger();
  private RunningProvider provider;

  @BeforeEach
  void start(@TempDir Path folder) {
    TestCatalog.write(folder, upstream.baseUrl());
    provider =
        RunningProvider.start(
            folder,
            ledger.url(),
            Map.of(
                "flotilla.retry.most", "0",
                "flotilla.breaker.minimum-calls", "4",
                "flotilla.breaker.open", "PT2S",
                "flotilla.breaker.longest-open", "PT2S",
                "flotilla.breaker.connect-failures", "3",
                "flotilla.breaker.probes", "1"));
  }

  @AfterEach
  void stop() {
    provider.close();
    upstream.close();
    ledger.close();
  }

  @Test
  @FaultRow(row = 40, fault = "500 to everything, then healed")
  void a_model_that_fails_is_left_alone_until_a_probe_finds_it_healed() throws Exception {
    answers(e -> WatchedUpstream.plain(e, 500, "{}"));
    assertEquals("{\"circuits\":[]}", circuits().body());
    for (int i = 0; i < 4; i++) {
      assertEquals("server_error", errorOf(provider.ask(ASK)).path("outcome").asText());
    }
    HttpResponse<String> refused = provider.ask(ASK);
    assertEquals(503, refused.statusCode());
    JsonNode error = errorOf(refused);
    assertEquals("circuit_open", error.path("outcome").asText());
    assertEquals("circuit_open", error.path("code").asText());
    assertFalse(error.path("sent").asBoolean(true));
    long retryAfter = error.path("retry_after_ms").asLong();
    assertTrue(retryAfter > 0 && retryAfter <= 2_000, error.toString());
    assertEquals("[]", refused.headers().firstValue("x-flotilla-attempts").orElse(""));
    assertEquals(4, asked.get());

    JsonNode circuit = Json.parse(circuits().body()).at("/circuits/0");
    assertEquals("up", circuit.path("provider").asText());
    assertEquals("up/fast", circuit.path("model").asText());
    assertEquals(1.0, circuit.path("failure_rate").asDouble());
    assertTrue(circuit.path("not_closed_for_ms").isIntegralNumber(), circuit.toString());
    assertEquals(
        "{\"requests\":null,\"tokens\":null,\"announced\":false}", circuit.path("left").toString());

    // The next probe finds it still failing: one call more, however many ask.
    awaitAnother("server_error");
    assertEquals(5, asked.get());
    assertEquals("circuit_open", errorOf(provider.ask(ASK)).path("outcome").asText());
    assertEquals(5, asked.get());
    assertTrue(metric("llm_provider_circuit_state", "up/fast") > 0);

    answers(e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE)));
    awaitAnother("ok");
    assertEquals(200, provider.ask(ASK).statusCode());
    assertEquals(7, asked.get());
    assertEquals("closed", Json.parse(circuits().body()).at("/circuits/0/state").asText());
    assertEquals(0, metric("llm_provider_circuit_state", "up/fast"));
    assertEquals(0, metric("llm_provider_circuit_state", "sim/fast"));
    assertTrue(metric("llm_provider_circuit_refusals_total", "up/fast") >= 2);
    assertEquals(0, metric("llm_provider_circuit_refusals_total", "sim/fast"));
    assertEquals(7, ledger.await(rows -> rows.size() >= 7).size(), "a refusal is no attempt");
  }

  @Test
  @FaultRow(row = 16, fault = "400 context_length_exceeded, ten times")
  @FaultRow(row = 17, fault = "500 to prompts that may be too long")
  void one_callers_mistakes_and_rate_limits_keep_nobody_away() throws Exception {
    answers(
        e ->
            WatchedUpstream.plain(
                e,
                400,
                """
                {"error":{"message":"Too long.","code":"context_length_exceeded"}}"""));
    for (int i = 0; i < 10; i++) {
      assertEquals(400, provider.ask(ASK).statusCode());
    }
    answers(e -> WatchedUpstream.plain(e, 429, "{}"));
    for (int i = 0; i < 10; i++) {
      assertEquals(429, provider.ask(ASK).statusCode());
    }
    // Longer than the model's window, perhaps: some providers answer 500 to that.
    answers(e -> WatchedUpstream.plain(e, 500, "{}"));
    String tooLong = ASK.replace("Is it so?", "Is it so? ".repeat(10_001));
    for (int i = 0; i < 10; i++) {
      assertEquals(502, provider.ask(tooLong).statusCode());
    }
    // A deadline nobody could meet.
    var never = new CountDownLatch(1);
    answers(e -> never.await());
    for (int i = 0; i < 5; i++) {
      String soon = Long.toString(System.currentTimeMillis() + 1_000);
      var late = provider.send(provider.call(ASK).header("x-flotilla-deadline", soon));
      assertEquals(504, late.statusCode(), late.body());
    }
    never.countDown();
    answers(e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE)));
    assertEquals(200, provider.ask(ASK).statusCode());
    assertEquals("closed", Json.parse(circuits().body()).at("/circuits/0/state").asText());
  }

  @Test
  void callers_who_leave_a_stream_and_streams_that_end_well_keep_it_closed_but_broken_ones_open_it()
      throws Exception {
    String streamed = ASK.replace("\"max_tokens\"", "\"stream\":true,\"max_tokens\"");
    var goOn = new CountDownLatch(1);
    answers(
        e -> {
          var out = WatchedUpstream.stream(e);
          WatchedUpstream.event(out, WatchedUpstream.chunk("Well, "));
          goOn.await();
          for (int i = 0; i < 20; i++) {
            WatchedUpstream.event(out, WatchedUpstream.chunk("and so on "));
          }
          throw new IOException("cut, as asked");
        });
    for (int i = 0; i < 5; i++) {
      try (var client = HttpClient.newHttpClient()) {
        var response =
            client.send(provider.call(streamed).build(), HttpResponse.BodyHandlers.ofInputStream());
        response.body().read();
        response.body().close();
        client.shutdownNow();
      }
    }
    goOn.countDown();
    ledger.await(
        rows -> rows.values().stream().filter(r -> "abandoned".equals(r.outcome())).count() == 5);
    assertEquals(0, Json.parse(circuits().body()).at("/circuits/0/failure_rate").asDouble());
    for (int i = 0; i < 4; i++) {
      assertTrue(provider.ask(streamed).body().contains("event: error"));
    }
    assertEquals("circuit_open", errorOf(provider.ask(streamed)).path("outcome").asText());
  }

  @Test
  @FaultRow(row = 1, fault = "the port stays closed")
  void a_provider_nobody_can_reach_is_left_alone_after_a_few_tries() throws Exception {
    upstream.close();
    for (int i = 0; i < 3; i++) {
      assertEquals("connect", errorOf(provider.ask(ASK)).path("outcome").asText());
    }
    assertEquals("circuit_open", errorOf(provider.ask(ASK)).path("outcome").asText());
  }

  @Test
  void circuits_are_told_to_nobody_without_the_service_token() throws Exception {
    HttpRequest.Builder stranger = HttpRequest.newBuilder(provider.uri("/v1/circuits")).GET();
    assertEquals(401, provider.send(stranger).statusCode());
    stranger.header("authorization", "Bearer sk-local");
    HttpResponse<String> refused = provider.send(stranger);
    assertEquals(401, refused.statusCode());
    assertEquals("service_token_required", errorOf(refused).path("code").asText());
  }

  /** Asks until the circuit lets a call through, and expects it to end like this. */
  private void awaitAnother(String outcome) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (System.nanoTime() < end) {
      HttpResponse<String> response = provider.ask(ASK);
      String seen =
          response.statusCode() == 200 ? "ok" : errorOf(response).path("outcome").asText();
      if (!seen.equals("circuit_open")) {
        assertEquals(outcome, seen);
        return;
      }
    }
    throw new AssertionError("the circuit let nobody through");
  }

  private void answers(WatchedUpstream.Behaviour behaviour) {
    upstream.does(
        e -> {
          asked.incrementAndGet();
          behaviour.answer(e);
        });
  }

  private HttpResponse<String> circuits() throws Exception {
    return provider.send(
        HttpRequest.newBuilder(provider.uri("/v1/circuits"))
            .header("authorization", "Bearer " + RunningProvider.TOKEN)
            .GET());
  }

  private double metric(String name, String model) throws Exception {
    return provider
        .ops("/metrics")
        .body()
        .lines()
        .filter(l -> l.startsWith(name + "{") && l.contains("model=\"" + model + "\""))
        .map(l -> Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode errorOf(HttpResponse<String> response) throws Exception {
    return Json.parse(response.body()).path("error");
  }
}
