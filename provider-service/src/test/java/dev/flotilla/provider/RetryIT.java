package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.json.Json;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.CountingUpstream;
import dev.flotilla.testkit.FaultRow;
import dev.flotilla.testkit.FreePort;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** How often a provider is asked, and what the ledger and the caller are told of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RetryIT {
  private static final String PLAIN =
      """
      {"model":"up/fast","messages":[{"role":"user","content":"Is it so?"}],"max_tokens":50}""";
  private static final String STREAMED =
      PLAIN.replace("\"max_tokens\"", "\"stream\":true,\"max_tokens\"");

  private final FakeLedger ledger = FakeLedger.start();
  private final CountingUpstream upstream = CountingUpstream.start();
  private RunningProvider provider;

  @BeforeAll
  void start(@TempDir Path folder) {
    TestCatalog.write(folder, upstream.baseUrl());
    provider =
        RunningProvider.start(
            folder,
            ledger.url(),
            Map.of(
                "flotilla.transport.attempt-header", "true",
                "flotilla.retry.backoff", "PT0.05S",
                "flotilla.retry.budget-burst", "1000",
                "flotilla.breaker.window", "1000",
                "flotilla.breaker.minimum-calls", "1000",
                "flotilla.breaker.connect-failures", "1000"));
  }

  @AfterAll
  void stop() {
    provider.close();
    upstream.close();
    ledger.close();
  }

  @BeforeEach
  void heal() {
    upstream.always(Behaviour.ok());
  }

  @Test
  @FaultRow(row = 14, fault = "529 once")
  void an_overloaded_provider_is_asked_twice_and_both_attempts_are_in_the_ledger()
      throws Exception {
    upstream.next(1, Behaviour.status(529));
    long before = upstream.requests();
    var response = provider.ask(PLAIN);
    assertEquals(200, response.statusCode(), response.body());
    assertEquals(before + 2, upstream.requests());
    List<JsonNode> reports = reports(response);
    assertEquals(List.of("overloaded", "ok"), outcomes(reports));
    var first = ledger.awaitRow(reports.get(0).path("attempt_id").asText());
    var second = ledger.awaitRow(reports.get(1).path("attempt_id").asText());
    assertEquals(EntryState.VOID, first.state());
    assertEquals(EntryState.SETTLED, second.state());
    assertTrue(upstream.bills().containsKey(second.attemptId()));
    assertEquals("req_test", second.requestId());
    assertTrue(metric("llm_provider_retries_total", "outcome=\"overloaded\"") >= 1);
    upstream.always(Behaviour.status(503));
    before = upstream.requests();
    assertEquals(503, provider.ask(PLAIN).statusCode());
    assertEquals(before + 2, upstream.requests(), "once more, and never a third time");
  }

  @Test
  @FaultRow(row = 15, fault = "500 after the work was done and billed")
  void a_server_error_that_billed_is_unknown_and_the_second_attempt_is_its_own_row()
      throws Exception {
    upstream.next(1, new Behaviour.Status(500, null, true));
    var reports = reports(provider.ask(PLAIN));
    assertEquals(List.of("server_error", "ok"), outcomes(reports));
    assertEquals(
        EntryState.UNKNOWN, ledger.awaitRow(reports.get(0).path("attempt_id").asText()).state());
    upstream.always(Behaviour.status(502));
    long before = upstream.requests();
    var response = provider.ask(PLAIN);
    assertEquals(502, response.statusCode());
    assertEquals(before + 2, upstream.requests());
    assertEquals(List.of("server_error", "server_error"), outcomes(reports(response)));
    assertTrue(Json.parse(response.body()).at("/error/sent").asBoolean());
  }

  @Test
  void a_stream_that_begins_at_the_second_attempt_reports_both() throws Exception {
    upstream.next(1, Behaviour.status(503));
    String body = provider.ask(STREAMED).body();
    assertTrue(body.strip().endsWith("data: [DONE]"), body);
    String comment =
        body.lines().filter(l -> l.startsWith(": flotilla ")).findFirst().orElseThrow();
    assertEquals(
        List.of("overloaded", "ok"),
        outcomes(list(Json.parse(comment.substring(": flotilla ".length())))));
  }

  @Test
  @FaultRow(row = 8, fault = "the provider hangs up on the request")
  @FaultRow(row = 9, fault = "the connection ends within the body")
  void what_was_sent_and_lost_is_not_sent_again() throws Exception {
    for (Behaviour behaviour :
        List.of(
            Behaviour.hangUp(),
            Behaviour.cutAfter(1),
            Behaviour.badJson(),
            Behaviour.status(400),
            Behaviour.status(401),
            Behaviour.status(413))) {
      upstream.always(behaviour);
      long before = upstream.requests();
      var response = provider.ask(PLAIN);
      assertEquals(1, reports(response).size(), behaviour::toString);
      assertEquals(before + 1, upstream.requests(), behaviour::toString);
    }
    upstream.always(Behaviour.cutAfter(1));
    long before = upstream.requests();
    assertTrue(provider.ask(STREAMED).body().contains("event: error"));
    assertEquals(before + 1, upstream.requests(), "never silently in the middle of a stream");
  }

  @Test
  @FaultRow(row = 10, fault = "429 with a retry-after of one and of two seconds")
  void a_short_rate_limit_is_waited_for_and_a_longer_one_or_a_near_deadline_is_not()
      throws Exception {
    upstream.next(1, Behaviour.rateLimited(Duration.ofSeconds(1)));
    long began = System.nanoTime();
    List<JsonNode> waited = reports(provider.ask(PLAIN));
    assertEquals(List.of("rate_limited", "ok"), outcomes(waited));
    LedgerEntry throttled = ledger.awaitRow(waited.getFirst().path("attempt_id").asText());
    assertEquals(EntryState.VOID, throttled.state());
    assertEquals(0, throttled.costNanos());
    assertTrue(System.nanoTime() - began >= Duration.ofSeconds(1).toNanos());
    upstream.always(Behaviour.rateLimited(Duration.ofSeconds(2)));
    var response = provider.ask(PLAIN);
    assertEquals(List.of("rate_limited"), outcomes(reports(response)));
    assertEquals("2", response.headers().firstValue("retry-after").orElse(""));
    upstream.always(Behaviour.rateLimited(Duration.ofSeconds(1)));
    String soon = Long.toString(System.currentTimeMillis() + 900);
    var near = provider.send(provider.call(PLAIN).header("x-flotilla-deadline", soon));
    assertEquals(List.of("rate_limited"), outcomes(reports(near)));
  }

  @Test
  @FaultRow(row = 12, fault = "429 without retry-after that says no more")
  void a_rate_limit_that_says_nothing_is_tried_once_more_and_costs_nothing() throws Exception {
    upstream.always(Behaviour.status(429));
    var response = provider.ask(PLAIN);
    assertEquals(429, response.statusCode());
    List<JsonNode> reports = reports(response);
    assertEquals(List.of("rate_limited", "rate_limited"), outcomes(reports));
    for (JsonNode report : reports) {
      assertEquals(EntryState.VOID, ledger.awaitRow(report.path("attempt_id").asText()).state());
    }
  }

  @Test
  void a_limit_of_cost_holds_for_all_attempts_together() throws Exception {
    upstream.next(1, Behaviour.status(500));
    long ceiling = reports(provider.ask(PLAIN)).getFirst().path("ceiling_nanos").asLong();
    for (int times = 1; times <= 2; times++) {
      upstream.always(Behaviour.status(500));
      String most = Long.toString(ceiling * times + times - 1);
      var response = provider.send(provider.call(PLAIN).header("x-flotilla-max-cost-nanos", most));
      assertEquals(502, response.statusCode());
      assertEquals(times, reports(response).size());
    }
  }

  @Test
  @FaultRow(row = 1, fault = "the port is closed, then open again")
  void a_refused_connection_is_tried_again_and_costs_nothing(@TempDir Path own) throws Exception {
    int port = FreePort.next();
    var gone = CountingUpstream.start(port);
    TestCatalog.write(own, gone.baseUrl());
    gone.close();
    try (var other =
        RunningProvider.start(
            own, ledger.url(), Map.of("flotilla.breaker.connect-failures", "1000"))) {
      // A refusal may come late, at a JVM's first call or on a busy machine, and a late one is
      // final.
      HttpResponse<String> response;
      int calls = 0;
      do {
        response = other.ask(PLAIN);
        assertEquals("connect", outcomes(reports(response)).getFirst());
      } while (reports(response).size() < 2 && ++calls < 20);
      assertEquals(List.of("connect", "connect"), outcomes(reports(response)));
      JsonNode error = Json.parse(response.body()).path("error");
      assertEquals(false, error.path("sent").asBoolean(true));
      try (var back = CountingUpstream.start(port)) {
        assertEquals(List.of("ok"), outcomes(reports(other.ask(PLAIN))));
        assertEquals(1, back.requests());
      }
    }
  }

  @Test
  void a_provider_that_says_x_should_retry_is_believed(@TempDir Path own) throws Exception {
    try (var watched = new WatchedUpstream()) {
      TestCatalog.write(own, watched.baseUrl());
      try (var other = RunningProvider.start(own, ledger.url(), Map.of())) {
        watched.does(
            e -> {
              e.getResponseHeaders().set("x-should-retry", "false");
              WatchedUpstream.plain(e, 503, "{}");
            });
        assertEquals(List.of("overloaded"), outcomes(reports(other.ask(PLAIN))));
        watched.does(
            e -> {
              e.getResponseHeaders().set("x-should-retry", "true");
              WatchedUpstream.plain(e, 422, "{}");
            });
        assertEquals(List.of("rejected", "rejected"), outcomes(reports(other.ask(PLAIN))));
      }
    }
  }

  @Test
  void an_outage_is_not_answered_with_twice_the_calls(@TempDir Path own) throws Exception {
    try (var down = CountingUpstream.start()) {
      TestCatalog.write(own, down.baseUrl());
      down.always(Behaviour.status(503));
      var settings =
          Map.of(
              "flotilla.retry.budget-burst", "3",
              "flotilla.retry.budget-floor", "0",
              "flotilla.retry.backoff", "PT0S",
              "flotilla.breaker.window", "1000",
              "flotilla.breaker.minimum-calls", "1000");
      try (var other = RunningProvider.start(own, ledger.url(), settings)) {
        for (int i = 0; i < 40; i++) {
          other.ask(PLAIN);
        }
        assertTrue(
            down.requests() >= 43 && down.requests() <= 47,
            "40 calls, 3 retries saved up and a tenth: " + down.requests());
      }
    }
  }

  private double metric(String name, String label) throws Exception {
    return provider
        .ops("/metrics")
        .body()
        .lines()
        .filter(l -> l.startsWith(name + "{") && l.contains(label))
        .mapToDouble(l -> Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static List<JsonNode> reports(HttpResponse<String> response) throws Exception {
    return list(Json.parse(response.headers().firstValue("x-flotilla-attempts").orElse("[]")));
  }

  private static List<JsonNode> list(JsonNode array) {
    var all = new ArrayList<JsonNode>();
    array.forEach(all::add);
    return all;
  }

  private static List<String> outcomes(List<JsonNode> reports) {
    return reports.stream().map(r -> r.path("outcome").asText()).toList();
  }
}
