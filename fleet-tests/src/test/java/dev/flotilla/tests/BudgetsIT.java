package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.bench.budgets.Course;
import dev.flotilla.bench.budgets.Race;
import dev.flotilla.bench.budgets.RaceReport;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.FaultRow;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Budgets, from the caller's door to the ledger. Every test has a team of its own. */
class BudgetsIT {
  private static final String ADMIN = "sk-admin";
  private static final List<String> TEAMS =
      List.of(
          "race-serve",
          "race-refuse",
          "gone",
          "tiers",
          "replans",
          "told",
          "lowered",
          "declared",
          "shop",
          "steps",
          "thousand",
          "outlasts",
          "holds",
          "dies",
          "free");

  /** A second's requests while cost-service is away. */
  private static final int A_SECOND = 200;

  private static FleetUnderTest fleet;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.writeString(
        config.resolve("budgets.yaml"), "- {scope: team:declared, limit_usd: 0, period: year}\n");
    // Complex work goes to a dear model here, so that there is a cheaper tier.
    Files.writeString(
        config.resolve("routing.yaml"),
        FleetUnderTest.routing()
            .replaceFirst("complex: \\{candidates: \\[.*?]", "complex: {candidates: [gamma/m]"));
    var keys = new StringBuilder();
    TEAMS.forEach(
        team ->
            keys.append(
                FleetUnderTest.key(
                    "k_" + team,
                    "sk-" + team + "-key",
                    team,
                    team.equals("shop") ? ", project: shop-web" : "")));
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

  @ParameterizedTest
  @ValueSource(strings = {"serve", "refuse"})
  @FaultRow(row = 58, fault = "200 at once, ten times, on a budget that is too small for them")
  void two_hundred_at_once_spend_nearly_all_of_a_budget_and_never_more(String onLedgerAway)
      throws Exception {
    String team = "race-" + onLedgerAway;
    var course =
        new Course(
            fleet.fleet.url(),
            fleet.fleet.opsUrl(Service.PROVIDER),
            ADMIN,
            "sk-" + team + "-key",
            "team:" + team,
            "alpha/m");
    fleet.alpha.always(Behaviour.slow(Duration.ofMillis(20), Duration.ofMillis(0)));
    try (var race = new Race(course)) {
      RaceReport report = race.run(10, 200, onLedgerAway, round -> {});
      // cost-service lives, and has all the time it needs.
      assertEquals(0, report.countedNanos(), report::toString);
      assertEquals(0, report.overshootNanos(), report::toString);
      assertTrue(report.kept(), report::toString);
      assertEquals(Set.of(200, 402), report.statuses().keySet(), report::toString);
      assertEquals(report.spentNanos(), spent(team));
    } finally {
      fleet.alpha.always(Behaviour.ok());
    }
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
  void what_the_router_chose_is_planned_anew_in_the_cheapest_tier_up_to_the_hard_limit()
      throws Exception {
    put(
        "team:replans",
        "{\"limit_usd\":0,\"hard_limit_usd\":0.0003,\"on_exceeded\":\"downgrade\",\"period\":\"year\"}");
    HttpResponse<String> last = chat("replans", small("auto/complex", "a hard one"));
    assertEquals(200, last.statusCode(), last.body());
    assertEquals("alpha/m", last.headers().firstValue("x-model-used").orElse(""));
    assertEquals("budget", last.headers().firstValue("x-fallback-reason").orElse(""));
    for (int i = 0; last.statusCode() == 200 && i < 200; i++) {
      last = chat("replans", small("auto/complex", "hard ones without end " + i));
    }
    assertEquals(402, last.statusCode(), last.body());
    assertEquals("budget_exceeded", json(last.body()).at("/error/code").asText());
    assertTrue(spent("replans") <= 300_000, "" + spent("replans"));
  }

  @Test
  void a_budget_that_only_notifies_refuses_nobody_and_its_thresholds_are_metrics()
      throws Exception {
    put(
        "team:told",
        "{\"limit_usd\":0.00001,\"on_exceeded\":\"notify\",\"alert_at\":[0.5,1,2,10],\"period\":\"year\"}");
    assertEquals(0, fleet.metric(Service.COST, "llm_budget_alert_level", "team:told"));
    for (int i = 0; i < 5; i++) {
      assertEquals(200, chat("told", small("alpha/m", "beyond " + i)).statusCode());
    }
    fleet.awaitRows("team = 'told' and state = 'settled'", 5);
    assertTrue(spent("told") > 20_000, "" + spent("told"));
    fleet.awaitMetric(2, Service.COST, "llm_budget_alert_level", "team:told");
    assertEquals(0, fleet.metric(Service.COST, "llm_budget_overspent_usd", "team:told"));
    assertTrue(budget("team:told").path("remaining_usd").decimalValue().signum() < 0);
  }

  @Test
  void a_limit_that_is_lowered_holds_although_more_is_leased() throws Exception {
    put("team:lowered", "{\"limit_usd\":1,\"period\":\"year\"}");
    assertEquals(200, chat("lowered", small("alpha/m", "while there is plenty")).statusCode());
    assertTrue(nanos(budget("team:lowered"), "leased_usd") > 1_000_000);
    put("team:lowered", "{\"limit_usd\":0.00002,\"period\":\"year\"}");
    awaitStatus(402, "lowered");
    // What is not in use comes back, and nothing of it was spent.
    await(() -> nanos(budget("team:lowered"), "leased_usd") == 0);
  }

  @Test
  void a_budget_of_the_file_holds_from_the_start() {
    HttpResponse<String> refused = chat("declared", small("alpha/m", "before anybody asked"));
    assertEquals(402, refused.statusCode(), refused.body());
    assertTrue(refused.body().contains("team:declared"), refused.body());
  }

  @Test
  void projects_and_pipelines_have_budgets_too() throws Exception {
    put("project:shop-web", "{\"limit_usd\":0,\"period\":\"year\"}");
    HttpResponse<String> refused = chat("shop", small("alpha/m", "for the project"));
    assertEquals(402, refused.statusCode(), refused.body());
    assertTrue(refused.body().contains("project:shop-web"), refused.body());
    put("pipeline:content", "{\"limit_usd\":0,\"period\":\"year\"}");
    assertEquals(402, step("content").statusCode());
    assertEquals(200, step("others").statusCode());
  }

  /** As a router's runner asks for a step of a pipeline. */
  private static HttpResponse<String> step(String pipeline) throws Exception {
    String token = fleet.fleet.environment(Service.PROVIDER).get("FLOTILLA_SERVICE_TOKEN");
    return fleet.http.send(
        HttpRequest.newBuilder(fleet.fleet.url(Service.PROVIDER).resolve("/v1/chat/completions"))
            .header("authorization", "Bearer " + token)
            .header("content-type", "application/json")
            .header("x-flotilla-team", "steps")
            .header("x-flotilla-key", "k_steps")
            .header("x-flotilla-pipeline", pipeline)
            .header("x-request-id", "req_" + pipeline)
            .POST(HttpRequest.BodyPublishers.ofString(small("alpha/m", "a step")))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void a_request_that_may_cost_too_much_is_refused_with_the_estimate_and_spends_nothing()
      throws Exception {
    HttpResponse<String> refused =
        chat("free", small("alpha/m", "not for that"), "x-max-cost-usd", "0.00001");
    assertEquals(402, refused.statusCode(), refused.body());
    assertEquals("max_cost_exceeded", json(refused.body()).at("/error/code").asText());
    String message = json(refused.body()).at("/error/message").asText();
    assertTrue(
        message.matches(".*can cost up to 0\\.0000[0-9]+ USD, more than the 0\\.00001 USD.*"),
        message);
    String id = refused.headers().firstValue("x-request-id").orElseThrow();
    fleet.awaitRows("cost.decision", "request_id = '" + id + "'", 1);
    assertEquals(0, fleet.get(ADMIN, "/v1/requests/" + id).path("attempts").size());
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

  private static void assertUnverifiable(HttpResponse<String> answer) {
    assertEquals(503, answer.statusCode(), answer.body());
    assertEquals("budget_unverifiable", json(answer.body()).at("/error/code").asText());
    assertEquals("false", answer.headers().firstValue("x-should-retry").orElse(""));
  }

  @Test
  @FaultRow(row = 68, fault = "cost-service away for seconds at 200 requests a second")
  void while_cost_service_is_away_no_chat_fails_but_those_of_budgets_that_refuse()
      throws Exception {
    long limit = 3_000_000;
    put("team:outlasts", "{\"limit_usd\":0.003,\"period\":\"year\"}");
    put("team:holds", "{\"limit_usd\":0.003,\"on_ledger_away\":\"refuse\",\"period\":\"year\"}");
    double overshotBefore = overshot();
    Map<String, Map<Integer, Integer>> before = load(1, "there");
    assertEquals(Set.of(200), before.get("outlasts").keySet(), before::toString);
    fleet.fleet.stop(Service.COST);
    Map<String, Map<Integer, Integer>> away;
    double overshot;
    try {
      away = load(5, "away");
      overshot = overshot() - overshotBefore;
      // What an instance knows of budgets outlives it, what it counted does not.
      fleet.fleet.kill9(Service.PROVIDER);
      fleet.fleet.awaitReady(Service.PROVIDER);
      assertUnverifiable(chat("holds", small("alpha/m", "asked of the next life")));
      assertEquals(200, chat("outlasts", small("alpha/m", "asked of the next life")).statusCode());
      overshot += overshot();
    } finally {
      fleet.fleet.start(Service.COST);
      fleet.fleet.awaitReady(Service.COST);
    }
    long back = System.nanoTime();
    assertEquals(Set.of(200), away.get("outlasts").keySet(), away::toString);
    assertTrue(away.get("holds").containsKey(503), away::toString);
    fleet.awaitRows(
        "team = 'outlasts' and state = 'settled'",
        before.get("outlasts").get(200) + away.get("outlasts").get(200) + 1);
    while (fleet.metric(Service.PROVIDER, "ledger_oldest_unshipped_seconds") > 0) {
      Thread.sleep(20);
    }
    Duration lag = Duration.ofNanos(System.nanoTime() - back);
    assertTrue(lag.toSeconds() < 30, "the ledger lagged for " + lag);
    long over = spent("outlasts") - limit;
    assertTrue(over > 0, "nothing was spent beyond the limit: " + away);
    assertTrue(over <= overshot, over + " of " + overshot);
    assertTrue(spent("holds") <= limit, "overshoot: " + spent("holds"));
    fleet.awaitMetric(over / 1e9, Service.COST, "llm_budget_overspent_usd", "team:outlasts");
  }

  /** So many seconds of load, half of it for each of two teams; the statuses of their answers. */
  private static Map<String, Map<Integer, Integer>> load(int seconds, String what)
      throws Exception {
    List<String> teams = List.of("outlasts", "holds");
    var statuses = new TreeMap<String, Map<Integer, Integer>>();
    teams.forEach(team -> statuses.put(team, new TreeMap<>()));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Future<Integer>>();
      long begin = System.nanoTime();
      for (int i = 0; i < seconds * A_SECOND; i++) {
        LockSupport.parkNanos(begin + i * 1_000_000_000L / A_SECOND - System.nanoTime());
        String team = teams.get(i % 2);
        String question = small("alpha/m", what + " " + i);
        answers.add(threads.submit(() -> chat(team, question).statusCode()));
      }
      for (int i = 0; i < answers.size(); i++) {
        statuses.get(teams.get(i % 2)).merge(answers.get(i).get(), 1, Integer::sum);
      }
    }
    return statuses;
  }

  private static double overshot() {
    return fleet.metric(Service.PROVIDER, "llm_budget_overshoot_nanousd_total");
  }

  @Test
  void what_a_killed_instance_held_is_spent_until_its_spool_was_shipped() throws Exception {
    put("team:dies", "{\"limit_usd\":1,\"period\":\"year\"}");
    int before = 0;
    do {
      // On a busy machine a lease may come too late for its call, which is served without.
      assertEquals(200, chat("dies", small("alpha/m", "before the crash " + before)).statusCode());
    } while (nanos(budget("team:dies"), "leased_usd") == 0 && ++before < 20);
    assertTrue(nanos(budget("team:dies"), "leased_usd") > 0);
    fleet.fleet.kill9(Service.PROVIDER);
    fleet.fleet.awaitReady(Service.PROVIDER);
    fleet.awaitRows("team = 'dies' and state = 'settled'", before + 1);
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
