package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.FaultRow;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Budgets, from the caller's door to the ledger. Every test has a team of its own. */
class BudgetsIT {
  private static final String ADMIN = "sk-admin";
  private static final List<String> TEAMS =
      List.of("race", "gone", "tiers", "thousand", "serves", "refuses", "dies", "free");

  private static FleetUnderTest fleet;

  @BeforeAll
  static void start(@TempDir Path folder) {
    var keys = new StringBuilder();
    TEAMS.forEach(
        team -> keys.append(FleetUnderTest.key("k_" + team, "sk-" + team + "-key", team, "")));
    keys.append(
        FleetUnderTest.key("k_admin", ADMIN, "platform", "")
            .replace("roles: [caller, viewer]", "roles: [admin]"));
    fleet =
        FleetUnderTest.start(
            folder,
            keys.toString(),
            Map.of(
                Service.COST,
                Map.of("FLOTILLA_LEASE_BELIEVE", "PT0.2S"),
                // A machine under test may be slow for longer than an installation would stand.
                Service.PROVIDER,
                Map.of("FLOTILLA_BUDGETS_TIME_BOX", "PT30S")));
  }

  @AfterAll
  static void close() {
    fleet.close();
  }

  @Test
  @FaultRow(row = 58, fault = "200 at once, ten times, on a budget that is too small for them")
  void two_hundred_at_once_spend_nearly_all_of_a_budget_and_never_more() throws Exception {
    long limit = 14_000_000;
    double uncovered = fleet.metric(Service.PROVIDER, "llm_budget_overshoot_nanousd_total");
    put("team:race", "{\"limit_usd\":0.014,\"period\":\"year\"}");
    fleet.alpha.always(Behaviour.slow(Duration.ofMillis(20), Duration.ofMillis(0)));
    var statuses = new TreeMap<Integer, Integer>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 10; round++) {
        int of = round;
        var answers =
            threads.invokeAll(
                IntStream.range(0, 200)
                    .<Callable<Integer>>mapToObj(
                        i -> () -> chat("race", small("alpha/m", of + " race " + i)).statusCode())
                    .toList());
        for (var answer : answers) {
          statuses.merge(answer.get(), 1, Integer::sum);
        }
      }
    } finally {
      fleet.alpha.always(Behaviour.ok());
    }
    assertEquals(
        2_000, statuses.getOrDefault(200, 0) + statuses.getOrDefault(402, 0), "" + statuses);
    assertTrue(statuses.containsKey(402), "nobody was refused: " + statuses);
    fleet.awaitRows("team = 'race' and state = 'settled'", statuses.get(200));
    long spent = spent("race");
    assertEquals(uncovered, fleet.metric(Service.PROVIDER, "llm_budget_overshoot_nanousd_total"));
    assertTrue(spent <= limit, "overshoot: " + spent + " of " + limit + ", " + statuses);
    assertTrue(spent >= limit / 100 * 99, "only " + spent + " of " + limit + ", " + statuses);
    assertEquals(spent, nanos(budget("team:race"), "spent_usd"));
  }

  @Test
  void a_spent_budget_is_a_402_that_names_team_budget_and_date_and_cached_answers_keep_coming()
      throws Exception {
    String known = small("auto", "asked before the money was gone");
    assertEquals(200, chat("gone", known).statusCode());
    fleet.awaitRows("team = 'gone' and state = 'settled'", 1);
    put("team:gone", "{\"limit_usd\":0}");
    HttpResponse<String> refused = awaitStatus(402, "gone");
    JsonNode error = json(refused.body()).path("error");
    assertEquals("budget_exceeded", error.path("code").asText());
    assertEquals("insufficient_quota", error.path("type").asText());
    String message = error.path("message").asText();
    assertTrue(message.contains("Team gone"), message);
    assertTrue(message.contains("team:gone"), message);
    assertTrue(message.contains(budget("team:gone").path("resets_at").asText()), message);
    HttpResponse<String> cached = chat("gone", known);
    assertEquals(200, cached.statusCode(), cached.body());
    assertEquals("HIT", cached.headers().firstValue("x-cache").orElse(""));
    put("team:gone", "{\"limit_usd\":1}");
    awaitStatus(200, "gone");
  }

  @Test
  void past_its_limit_a_budget_that_downgrades_sends_work_to_the_cheapest_tier() throws Exception {
    put(
        "team:tiers",
        "{\"limit_usd\":0,\"hard_limit_usd\":1,\"on_exceeded\":\"downgrade\",\"period\":\"year\"}");
    // Of this fleet's providers only alpha and beta do bulk work.
    HttpResponse<String> pinned = chat("tiers", small("gamma/m", "dear and named"));
    assertEquals(402, pinned.statusCode(), pinned.body());
    assertEquals("budget_exceeded", json(pinned.body()).at("/error/code").asText());
    HttpResponse<String> cheap = chat("tiers", small("alpha/m", "cheap and named"));
    assertEquals(200, cheap.statusCode(), cheap.body());
    HttpResponse<String> planned =
        chat("tiers", small("gamma/m", "dear, then cheap"), "x-fallbacks", "alpha/m");
    assertEquals(200, planned.statusCode(), planned.body());
    assertEquals("alpha/m", planned.headers().firstValue("x-model-used").orElse(""));
    assertEquals("budget", planned.headers().firstValue("x-fallback-reason").orElse(""));
  }

  @Test
  void a_missing_max_tokens_does_not_block_a_budget_of_2000_dollars() throws Exception {
    put("team:thousand", "{\"limit_usd\":2000,\"period\":\"year\"}");
    double before = fleet.metric(Service.PROVIDER, "llm_budget_lease_renewals_total", "granted");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers =
          threads.invokeAll(
              IntStream.range(0, 200)
                  .<Callable<Integer>>mapToObj(
                      i -> () -> chat("thousand", ask("alpha/m", "no limit " + i)).statusCode())
                  .toList());
      for (var answer : answers) {
        assertEquals(200, answer.get());
      }
    }
    double asked =
        fleet.metric(Service.PROVIDER, "llm_budget_lease_renewals_total", "granted") - before;
    assertTrue(asked <= 2, "one lease is enough for 200 of these, not " + asked);
  }

  @Test
  void a_team_without_a_budget_needs_no_lease() {
    double before = fleet.metric(Service.PROVIDER, "llm_budget_lease_renewals_total");
    for (int i = 0; i < 20; i++) {
      assertEquals(200, chat("free", small("alpha/m", "nobody limits " + i)).statusCode());
    }
    assertEquals(before, fleet.metric(Service.PROVIDER, "llm_budget_lease_renewals_total"));
  }

  @Test
  void with_cost_service_away_the_budget_says_whether_to_serve() throws Exception {
    put("team:serves", "{\"limit_usd\":0.0005,\"period\":\"year\"}");
    put("team:refuses", "{\"limit_usd\":0.0005,\"on_ledger_away\":\"refuse\",\"period\":\"year\"}");
    assertEquals(200, chat("serves", small("alpha/m", "first")).statusCode());
    assertEquals(200, chat("refuses", small("alpha/m", "first")).statusCode());
    fleet.fleet.stop(Service.COST);
    HttpResponse<String> last = null;
    try {
      for (int i = 0; i < 40 && (last == null || last.statusCode() == 200); i++) {
        last = chat("refuses", small("alpha/m", "away " + i));
      }
      for (int i = 0; i < 20; i++) {
        assertEquals(200, chat("serves", small("alpha/m", "away " + i)).statusCode());
      }
    } finally {
      fleet.fleet.start(Service.COST);
      fleet.fleet.awaitReady(Service.COST);
    }
    assertTrue(last != null && last.statusCode() == 503, last == null ? "" : last.body());
    assertEquals("budget_unverifiable", json(last.body()).at("/error/code").asText());
    assertEquals("false", last.headers().firstValue("x-should-retry").orElse(""));
    fleet.awaitRows("team = 'serves' and state = 'settled'", 21);
    assertTrue(spent("refuses") <= 500_000, "overshoot: " + spent("refuses"));
    assertTrue(fleet.metric(Service.PROVIDER, "llm_budget_overshoot_nanousd_total") > 0);
  }

  @Test
  void what_a_killed_instance_held_is_spent_until_its_spool_was_shipped() throws Exception {
    put("team:dies", "{\"limit_usd\":1,\"period\":\"year\"}");
    assertEquals(200, chat("dies", small("alpha/m", "before the crash")).statusCode());
    assertTrue(nanos(budget("team:dies"), "leased_usd") > 0);
    fleet.fleet.kill9(Service.PROVIDER);
    fleet.fleet.awaitReady(Service.PROVIDER);
    fleet.awaitRows("team = 'dies' and state = 'settled'", 1);
    await(() -> nanos(budget("team:dies"), "leased_usd") == 0);
    assertEquals(spent("dies"), nanos(budget("team:dies"), "spent_usd"));
  }

  private static String small(String model, String text) {
    return ask(model, text).replace("{\"model\"", "{\"max_tokens\":64,\"model\"");
  }

  private static HttpResponse<String> chat(String team, String body, String... headers) {
    return fleet.chat("sk-" + team + "-key", body, headers);
  }

  private static JsonNode budget(String scope) {
    return fleet.get(ADMIN, "/v1/budgets/" + scope);
  }

  private static void put(String scope, String terms) throws Exception {
    var request =
        HttpRequest.newBuilder(fleet.fleet.url().resolve("/v1/budgets/" + scope))
            .header("authorization", "Bearer " + ADMIN)
            .header("content-type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(terms))
            .build();
    HttpResponse<String> answer = fleet.http.send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body());
  }

  /** A budget that changed is noticed within moments. */
  private static HttpResponse<String> awaitStatus(int status, String team) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    HttpResponse<String> last;
    int i = 0;
    do {
      last = chat(team, small("alpha/m", status + " yet? " + i++));
      if (last.statusCode() == status) {
        return last;
      }
      Thread.sleep(50);
    } while (System.nanoTime() < end);
    throw new AssertionError("not " + status + " but " + last.statusCode() + ": " + last.body());
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "it did not come to pass");
      Thread.sleep(50);
    }
  }

  private static long nanos(JsonNode budget, String field) {
    return budget.path(field).decimalValue().scaleByPowerOfTen(9).longValueExact();
  }

  private static long spent(String team) throws SQLException {
    try (var connection = fleet.ledger();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select sum(cost_nanos) from cost.attempt where team = '" + team + "'")) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
