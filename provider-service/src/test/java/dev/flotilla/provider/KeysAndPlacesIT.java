package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.kit.json.Json;
import dev.flotilla.testkit.FaultRow;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A provider with several keys, and a model that is served in several places. */
class KeysAndPlacesIT {
  private static final String ASK =
      """
      {"model":"up/fast","messages":[{"role":"user","content":"Is it so?"}],"max_tokens":50}""";
  private static final String USAGE =
      """
      {"prompt_tokens":100,"completion_tokens":50}""";
  private static final Map<String, String> KEYS =
      Map.of("UP_KEY_A", "sk-good-1", "UP_KEY_B", "sk-good-2");

  private final WatchedUpstream east = new WatchedUpstream();
  private final WatchedUpstream west = new WatchedUpstream();
  private final FakeLedger ledger = FakeLedger.start();
  private final List<String> asked = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    east.close();
    west.close();
    ledger.close();
  }

  @Test
  @FaultRow(row = 18, fault = "401 to one of two keys")
  void a_revoked_key_costs_one_attempt_and_is_left_out_from_then_on(@TempDir Path folder)
      throws Exception {
    catalogue(folder, "key_env: [UP_KEY_A, UP_KEY_B]", "");
    east.does(
        e -> {
          String key = note(e, "");
          if (key.equals("Bearer sk-good-1")) {
            WatchedUpstream.plain(e, 401, "{\"error\":{\"code\":\"invalid_api_key\"}}");
          } else {
            WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE));
          }
        });
    try (var provider = RunningProvider.start(folder, ledger.url(), Map.of(), KEYS)) {
      for (int i = 0; i < 20; i++) {
        assertEquals(200, provider.ask(ASK).statusCode());
      }
      assertEquals(1, asked.stream().filter("Bearer sk-good-1"::equals).count(), asked::toString);
      assertEquals(21, asked.size());
      assertEquals(1, parked(provider, "UP_KEY_A"));
      assertEquals(0, parked(provider, "UP_KEY_B"));
      var rows = ledger.await(all -> all.size() >= 21).values();
      assertEquals(1, rows.stream().filter(r -> "auth".equals(r.outcome())).count());
      assertTrue(
          rows.stream()
              .filter(r -> "auth".equals(r.outcome()))
              .allMatch(r -> r.state().equals(EntryState.VOID)));
      String log = provider.log();
      assertEquals(1, log.split("the key in UP_KEY_A", -1).length - 1, log);
      assertFalse(log.contains("sk-good"), log);
      assertFalse(provider.ops("/metrics").body().contains("sk-good"));
    }
  }

  @Test
  @FaultRow(row = 19, fault = "402, and 429 with insufficient_quota")
  void a_spent_quota_is_not_retried_and_the_last_key_is_asked_all_the_same(@TempDir Path folder)
      throws Exception {
    catalogue(folder, "key_env: [UP_KEY_A, UP_KEY_B]", "");
    east.does(
        e -> {
          note(e, "");
          WatchedUpstream.plain(e, 429, "{\"error\":{\"code\":\"insufficient_quota\"}}");
        });
    try (var provider = RunningProvider.start(folder, ledger.url(), Map.of(), KEYS)) {
      var response = provider.ask(ASK);
      assertEquals(502, response.statusCode());
      assertEquals(List.of("auth", "auth"), outcomes(response));
      assertEquals(2, asked.stream().distinct().count(), "each key once");
      assertEquals(2, asked.size());
      assertEquals(
          2, parked(provider, "UP_KEY_A") + parked(provider, "UP_KEY_B"), "somebody is told");
      assertTrue(
          ledger.await(all -> all.size() >= 2).values().stream()
              .allMatch(row -> row.state().equals(EntryState.VOID)));
      assertEquals(List.of("auth"), outcomes(provider.ask(ASK)), "the last resort");
      east.does(e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE)));
      assertEquals(200, provider.ask(ASK).statusCode(), "paid up");
      east.does(
          e -> WatchedUpstream.plain(e, 402, "{\"error\":{\"message\":\"Insufficient Balance\"}}"));
      assertEquals(List.of("auth"), outcomes(provider.ask(ASK)), "not asked twice");
      assertEquals(2, parked(provider, "UP_KEY_A") + parked(provider, "UP_KEY_B"));
    }
  }

  @Test
  @FaultRow(row = 12, fault = "429 without retry-after because the account's own limit is reached")
  void a_limit_of_the_accounts_own_parks_its_key_and_is_not_waited_for(@TempDir Path folder)
      throws Exception {
    catalogue(folder, "key_env: [UP_KEY_A, UP_KEY_B]", "");
    Path up = folder.resolve("catalog/up.yaml");
    Files.writeString(
        up,
        Files.readString(up)
            .replace("dialect: openai", "dialect: anthropic")
            .replace(east.baseUrl(), east.baseUrl().replace("/v1", "")));
    east.does(
        e -> {
          asked.add(e.getRequestHeaders().getFirst("x-api-key"));
          WatchedUpstream.plain(
              e,
              429,
              """
              {"type":"error","error":{"type":"rate_limit_error","message":"limit","details":{"error_code":"enforced_spend_limit_reached"}}}""");
        });
    try (var provider = RunningProvider.start(folder, ledger.url(), Map.of(), KEYS)) {
      var response = provider.ask(ASK);
      assertEquals(502, response.statusCode());
      assertEquals(List.of("auth", "auth"), outcomes(response));
      assertEquals(List.of("sk-good-1", "sk-good-2"), asked.stream().sorted().toList());
      assertEquals(
          2, parked(provider, "UP_KEY_A") + parked(provider, "UP_KEY_B"), "somebody is told");
      assertTrue(
          ledger.await(all -> all.size() >= 2).values().stream()
              .allMatch(row -> row.state().equals(EntryState.VOID)));
    }
  }

  @Test
  @FaultRow(row = 20, fault = "404 to one model, with one key, then served again")
  void a_model_its_provider_does_not_know_is_left_out_until_a_probe_finds_it_again(
      @TempDir Path folder) throws Exception {
    catalogue(folder, "key_env: [UP_KEY_A, UP_KEY_B]", "");
    Files.writeString(
        folder.resolve("catalog/up.yaml"),
        "  - {name: other, prices: [{from: 2026-01-01, source: t, input: 1, output: 2}]}\n",
        StandardOpenOption.APPEND);
    // Two keys do not know it, so each of them costs one attempt; another model is as it was.
    east.does(
        e -> {
          note(e, "");
          if (east.asked().body().contains("up-fast-1")) {
            WatchedUpstream.plain(
                e,
                404,
                "{\"error\":{\"message\":\"The model does not exist\",\"code\":\"model_not_found\"}}");
          } else {
            WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE));
          }
        });
    var settings = Map.of("flotilla.breaker.gone", "PT2S");
    try (var provider = RunningProvider.start(folder, ledger.url(), settings, KEYS)) {
      var first = provider.ask(ASK);
      assertEquals(502, first.statusCode(), first.body());
      assertEquals(List.of("auth", "auth"), outcomes(first), "the router goes on after this one");
      assertEquals(2, asked.size());
      assertTrue(
          ledger.await(all -> all.size() >= 2).values().stream()
              .allMatch(row -> row.state().equals(EntryState.VOID) && row.costNanos() == 0));

      JsonNode refused = Json.parse(provider.ask(ASK).body()).path("error");
      assertEquals("circuit_open", refused.path("outcome").asText());
      assertEquals(2, asked.size(), "nobody asks for it in vain");
      JsonNode circuit = Json.parse(circuits(provider).body()).at("/circuits/0");
      assertEquals("open", circuit.path("state").asText(), "which /v1/models calls down");
      assertTrue(circuit.path("gone").asBoolean());
      assertEquals(1, gone(provider, "up/fast"), "somebody is told");
      assertEquals(0, gone(provider, "up/other"));
      assertEquals(0, parked(provider, "UP_KEY_A") + parked(provider, "UP_KEY_B"));
      assertTrue(provider.log().contains("does not know up/fast"), provider.log());
      assertEquals(200, provider.ask(ASK.replace("up/fast", "up/other")).statusCode());

      east.does(
          e -> {
            note(e, "");
            WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE));
          });
      long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (gone(provider, "up/fast") == 1) {
        assertTrue(System.nanoTime() < end, "never asked again");
        provider.ask(ASK);
      }
      assertEquals(200, provider.ask(ASK).statusCode());
    }
  }

  @Test
  @FaultRow(row = 39, fault = "one of two places answers twice as slowly")
  void a_place_that_turned_slow_gets_few_of_the_calls_and_no_call_is_made_twice(
      @TempDir Path folder) throws Exception {
    catalogue(
        folder,
        "key_env: UP_KEY_A",
        """
            balance: peak_ewma
            deployments:
              - {name: east}
              - {name: west, base_url: "%s"}
        """
            .formatted(west.baseUrl()));
    var pace = new AtomicLong(60);
    east.does(
        e -> {
          Thread.sleep(pace.get());
          answer(e, "east");
        });
    west.does(
        e -> {
          Thread.sleep(60);
          answer(e, "west");
        });
    try (var provider = RunningProvider.start(folder, ledger.url(), Map.of(), KEYS)) {
      // A machine that stalls makes a place look slow for a while: it has to come to this, not at
      // once.
      int calls = awaitShare(provider, "both well, and not even", east -> east >= 12 && east <= 48);
      pace.set(180);
      calls += awaitShare(provider, "the slow one still gets its part", east -> east < 24);
      int made = calls;
      assertTrue(
          ledger.await(all -> all.size() >= made).values().stream()
              .allMatch(row -> row.state().equals(EntryState.SETTLED)));
      assertEquals(
          "closed", Json.parse(circuits(provider).body()).at("/circuits/0/state").asText());
    }
  }

  /**
   * Sixty calls after sixty, until the part of the first place is what it should be; how many they
   * were.
   */
  private int awaitShare(RunningProvider provider, String otherwise, LongPredicate fine)
      throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    for (int calls = 60; ; calls += 60) {
      asked.clear();
      inParallel(provider, 60);
      assertEquals(60, asked.size(), "one request upstream for each call: nobody hedges");
      if (fine.test(askedOf("east"))) {
        return calls;
      }
      assertTrue(System.nanoTime() < end, otherwise + ": " + askedOf("east") + " of 60");
    }
  }

  /** So many calls by four callers at a time. */
  private static void inParallel(RunningProvider provider, int calls) throws Exception {
    var left = new AtomicLong(calls);
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var ends = new ArrayList<Future<Boolean>>();
      for (int i = 0; i < 4; i++) {
        ends.add(
            callers.submit(
                () -> {
                  boolean well = true;
                  while (left.getAndDecrement() > 0) {
                    well &= provider.ask(ASK).statusCode() == 200;
                  }
                  return well;
                }));
      }
      for (Future<Boolean> end : ends) {
        assertTrue(end.get());
      }
    }
  }

  private long askedOf(String place) {
    return asked.stream().filter(one -> one.startsWith(place)).count();
  }

  private static long gone(RunningProvider provider, String model) throws Exception {
    return provider
        .ops("/metrics")
        .body()
        .lines()
        .filter(l -> l.startsWith("llm_provider_model_gone{") && l.contains("\"" + model + "\""))
        .mapToLong(l -> (long) Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void a_key_whose_variable_is_not_set_is_no_key(@TempDir Path folder) throws Exception {
    catalogue(folder, "key_env: [UP_KEY_A, UP_KEY_MISSING]", "");
    east.does(
        e -> {
          note(e, "");
          WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE));
        });
    try (var provider = RunningProvider.start(folder, ledger.url(), Map.of(), KEYS)) {
      for (int i = 0; i < 10; i++) {
        provider.ask(ASK);
      }
      assertEquals(List.of("Bearer sk-good-1"), asked.stream().distinct().toList());
    }
  }

  @Test
  void calls_are_spread_over_places_and_one_that_fails_is_covered_by_the_other(@TempDir Path folder)
      throws Exception {
    catalogue(
        folder,
        "key_env: UP_KEY_A",
        """
            deployments:
              - {name: east, upstream: fast-east, weight: 2}
              - {name: west, base_url: "%s", upstream: fast-west, key_env: UP_KEY_B}
        """
            .formatted(west.baseUrl()));
    east.does(e -> answer(e, "east"));
    west.does(e -> answer(e, "west"));
    var settings = Map.of("flotilla.breaker.window", "4", "flotilla.breaker.minimum-calls", "2");
    try (var provider = RunningProvider.start(folder, ledger.url(), settings, KEYS)) {
      for (int i = 0; i < 40; i++) {
        assertEquals(200, provider.ask(ASK).statusCode());
      }
      long inTheEast = asked.stream().filter("east Bearer sk-good-1"::equals).count();
      long inTheWest = asked.stream().filter("west Bearer sk-good-2"::equals).count();
      assertEquals(40, inTheEast + inTheWest, asked::toString);
      assertTrue(inTheEast > inTheWest && inTheWest > 0, asked::toString);

      east.does(e -> WatchedUpstream.plain(e, 503, "{}"));
      for (int i = 0; i < 100; i++) {
        assertEquals(200, provider.ask(ASK).statusCode());
      }
      JsonNode circuits = Json.parse(circuits(provider).body()).path("circuits");
      assertEquals(1, circuits.size(), "one for the model");
      assertEquals("closed", circuits.at("/0/state").asText(), "there is a way");
      assertTrue(
          provider
              .ops("/metrics")
              .body()
              .lines()
              .anyMatch(
                  l ->
                      l.startsWith("llm_provider_circuit_state{")
                          && l.contains("up/fast")
                          && l.endsWith(" 2.0")),
          "but one of them is gone");
      assertTrue(
          ledger.await(all -> all.size() >= 140).values().stream()
              .allMatch(row -> row.model().equals("up/fast")));
    }
  }

  @Test
  void a_rate_limit_in_one_place_is_not_waited_for_when_there_is_another(@TempDir Path folder)
      throws Exception {
    catalogue(
        folder,
        "key_env: UP_KEY_A",
        """
            balance: least_in_flight
            deployments:
              - {name: east}
              - {name: west, base_url: "%s"}
        """
            .formatted(west.baseUrl()));
    east.does(
        e -> {
          note(e, "east");
          e.getResponseHeaders().set("retry-after", "30");
          WatchedUpstream.plain(e, 429, "{}");
        });
    west.does(e -> answer(e, "west"));
    try (var provider = RunningProvider.start(folder, ledger.url(), Map.of(), KEYS)) {
      for (int i = 0; i < 20; i++) {
        assertEquals(200, provider.ask(ASK).statusCode());
      }
      assertEquals(1, asked.stream().filter(a -> a.startsWith("east")).count(), asked::toString);
    }
  }

  private void answer(HttpExchange exchange, String place) throws IOException {
    note(exchange, place + " ");
    WatchedUpstream.plain(exchange, 200, WatchedUpstream.completion(USAGE));
  }

  private String note(HttpExchange exchange, String place) {
    String key = exchange.getRequestHeaders().getFirst("authorization");
    asked.add(place + key);
    return key;
  }

  private void catalogue(Path folder, String keys, String model) throws IOException {
    TestCatalog.write(folder, east.baseUrl());
    Path up = folder.resolve("catalog/up.yaml");
    Files.writeString(
        up,
        Files.readString(up)
            .replace("models:", keys + "\nmodels:")
            .replace("    context_tokens", model + "    context_tokens"));
  }

  private static long parked(RunningProvider provider, String key) throws Exception {
    return provider
        .ops("/metrics")
        .body()
        .lines()
        .filter(l -> l.startsWith("llm_provider_keys_parked{") && l.contains("\"" + key + "\""))
        .mapToLong(l -> (long) Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static HttpResponse<String> circuits(RunningProvider provider) throws Exception {
    return provider.send(
        HttpRequest.newBuilder(provider.uri("/v1/circuits"))
            .header("authorization", "Bearer " + RunningProvider.TOKEN)
            .GET());
  }

  private static List<String> outcomes(HttpResponse<String> response) throws Exception {
    var all = new ArrayList<String>();
    Json.parse(response.headers().firstValue("x-flotilla-attempts").orElse("[]"))
        .forEach(report -> all.add(report.path("outcome").asText()));
    return all;
  }
}
