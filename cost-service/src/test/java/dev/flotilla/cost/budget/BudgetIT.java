package dev.flotilla.cost.budget;

import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;
import static dev.flotilla.cost.running.RunningCostService.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.cost.running.RunningCostService;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BudgetIT {
  private static final String ADMIN = "admin";
  private static final String LIFE = "life-1";

  private final RunningCostService service = RunningCostService.get();
  private final String team = "team-" + UUID.randomUUID();

  @Test
  void a_budget_is_shown_as_it_was_set() {
    JsonNode set =
        put("team:" + team, "{\"limit_usd\":0.02,\"period\":\"day\",\"alert_at\":[1,0.5]}");
    assertEquals("team:" + team, set.path("id").asText());
    JsonNode shown = tree(service.get("/v1/budgets/" + team, team, "viewer"));
    assertEquals("0.02", shown.path("limit_usd").decimalValue().toPlainString());
    assertEquals("0.02", shown.path("remaining_usd").decimalValue().toPlainString());
    assertEquals("block", shown.path("on_exceeded").asText());
    assertEquals("serve", shown.path("on_ledger_away").asText());
    assertEquals("[0.5,1.0]", shown.path("alert_at").toString());
    Instant resets = Instant.parse(shown.path("resets_at").asText());
    assertEquals(0, resets.getEpochSecond() % 86_400, "a day of UTC ends at " + resets);
  }

  @Test
  void only_admins_change_budgets_and_teams_see_their_own() {
    String terms = "{\"limit_usd\":1}";
    assertEquals(
        403, service.ask("PUT", "/v1/budgets/" + team, terms, team, "viewer").statusCode());
    put(team, terms);
    assertEquals(404, service.get("/v1/budgets/" + team, "others", "viewer").statusCode());
    assertEquals(0, tree(service.get("/v1/budgets", "others", "viewer")).path("data").size());
    assertEquals(1, tree(service.get("/v1/budgets", team, "viewer")).path("data").size());
    assertEquals(
        403, service.ask("DELETE", "/v1/budgets/" + team, "", team, "caller").statusCode());
    assertEquals(200, service.ask("DELETE", "/v1/budgets/" + team, "", team, ADMIN).statusCode());
    assertEquals(404, service.get("/v1/budgets/" + team, team, ADMIN).statusCode());
  }

  @Test
  void terms_that_mean_nothing_are_refused_with_what_to_write_instead() {
    for (String terms :
        List.of(
            "{}",
            "{\"limit_usd\":-1}",
            "{\"limit_usd\":\"1\"}",
            "{\"limit_usd\":1,\"limit\":2}",
            "{\"limit_usd\":1,\"period\":\"fortnight\"}",
            "{\"limit_usd\":1,\"on_exceeded\":\"downgrade\"}",
            "{\"limit_usd\":1,\"hard_limit_usd\":2}",
            "{\"limit_usd\":1,\"alert_at\":[0]}",
            "nothing")) {
      HttpResponse<String> answer = service.ask("PUT", "/v1/budgets/" + team, terms, team, ADMIN);
      assertEquals(400, answer.statusCode(), terms + " → " + answer.body());
    }
    assertEquals(
        400,
        service
            .ask("PUT", "/v1/budgets/planet:earth", "{\"limit_usd\":1}", team, ADMIN)
            .statusCode());
  }

  @Test
  void what_the_ledger_gets_is_spent_and_an_unknown_end_counts_at_its_ceiling() {
    put(team, "{\"limit_usd\":1}");
    ObjectNode known = intent(team, "req_1", Instant.now());
    ObjectNode unknown = intent(team, "req_2", Instant.now());
    service.receipt(settled(known, 21_300), unknown);
    assertEquals(21_300 + 90_000, nanos("spent_usd"));
    service.receipt(settled(known, 21_300), unknown);
    assertEquals(21_300 + 90_000, nanos("spent_usd"), "counted twice");
    service.receipt(settled(unknown, 500));
    assertEquals(21_800, nanos("spent_usd"));
  }

  @Test
  void what_was_spent_before_a_budget_was_made_counts_and_other_periods_do_not() {
    service.receipt(
        settled(intent(team, "req_1", Instant.now()), 700),
        settled(intent(team, "req_2", Instant.now().minusSeconds(400 * 86_400L)), 5));
    put(team, "{\"limit_usd\":1}");
    assertEquals(700, nanos("spent_usd"));
    service.receipt(settled(intent(team, "req_3", Instant.now().minusSeconds(400 * 86_400L)), 5));
    assertEquals(700, nanos("spent_usd"));
  }

  @Test
  void counters_that_went_wrong_are_counted_again_from_the_ledger() throws Exception {
    put(team, "{\"limit_usd\":1}");
    var random = ThreadLocalRandom.current();
    List<ObjectNode> rows = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      ObjectNode begun = intent(team, "req_" + i, Instant.now());
      rows.add(random.nextBoolean() ? begun : settled(begun, random.nextLong(90_000)));
      if (random.nextInt(4) == 0) {
        rows.add(settled(begun, random.nextLong(90_000)));
      }
    }
    for (int i = 0; i < rows.size(); i += 50) {
      service.post(rows.subList(i, Math.min(rows.size(), i + 50)));
    }
    lease(UUID.randomUUID(), 1_000, 0);
    long spent = nanos("spent_usd");
    long leased = nanos("leased_usd");
    assertEquals(
        spent,
        Long.parseLong(
            sql(
                "select sum(case state when 'unknown' then ceiling_nanos else cost_nanos end) from cost.attempt where team = '"
                    + team
                    + "'")));
    execute(
        "update cost.budget_period set spent_nanos = 3, leased_nanos = 4 where scope = 'team:"
            + team
            + "'");
    assertEquals(3, nanos("spent_usd"));
    HttpResponse<String> rebuilt =
        service.ask("POST", "/v1/budgets/" + team + "/rebuild", "", team, ADMIN);
    assertEquals(200, rebuilt.statusCode(), rebuilt.body());
    assertEquals(spent, nanos("spent_usd"));
    assertEquals(leased, nanos("leased_usd"));
  }

  @Test
  void a_lease_counts_as_spent_until_the_ledger_has_its_attempts() {
    put(team, "{\"limit_usd\":0.001}");
    var id = UUID.randomUUID();
    JsonNode grant = lease(id, 90_000, 0);
    long granted = grant.path("granted_nanos").asLong();
    assertTrue(granted >= 90_000, grant.toString());
    assertEquals(granted, nanos("leased_usd"));
    ObjectNode attempt =
        settled(intent(team, "req_1", Instant.now()), 21_300).put("lease", id.toString());
    service.receipt(attempt);
    service.receipt(attempt);
    assertEquals(21_300, nanos("spent_usd"));
    assertEquals(granted - 21_300, nanos("leased_usd"));
    lease(id, 0, granted - 21_300);
    lease(id, 0, granted - 21_300);
    assertEquals(0, nanos("leased_usd"));
    assertEquals(1_000_000 - 21_300, nanos("remaining_usd"));
  }

  @Test
  void an_attempt_that_costs_more_than_its_lease_is_counted_whole() {
    put(team, "{\"limit_usd\":0.001}");
    var id = UUID.randomUUID();
    long granted = lease(id, 1_000, 0).path("granted_nanos").asLong();
    service.receipt(
        settled(intent(team, "req_1", Instant.now()), granted + 7).put("lease", id.toString()));
    assertEquals(granted + 7, nanos("spent_usd"));
    assertEquals(0, nanos("leased_usd"));
  }

  @Test
  void all_budgets_of_a_call_give_or_none_does() {
    put(team, "{\"limit_usd\":1}");
    put("key:k_" + team, "{\"limit_usd\":0.0001}");
    JsonNode refused =
        renew(UUID.randomUUID(), demand(100_001, 0).put("key", "k_" + team)).path("refusal");
    assertEquals("key:k_" + team, refused.path("budget").asText());
    assertEquals(100_000, refused.path("available_nanos").asLong());
    assertEquals(0, nanos("leased_usd"));
    JsonNode grant = renew(UUID.randomUUID(), demand(100_000, 0).put("key", "k_" + team));
    assertEquals(100_000, grant.path("granted_nanos").asLong());
    assertEquals(100_000, nanos("leased_usd"));
    assertEquals(2, grant.path("budgets").size());
  }

  @Test
  void a_budget_that_downgrades_has_more_for_the_cheapest_models_and_an_end_for_them_too() {
    put(team, "{\"limit_usd\":0.0001,\"hard_limit_usd\":0.0003,\"on_exceeded\":\"downgrade\"}");
    service.receipt(settled(intent(team, "req_1", Instant.now()), 90_000));
    JsonNode refused = lease(UUID.randomUUID(), 20_000, 0).path("refusal");
    assertEquals("downgrade", refused.path("on_exceeded").asText());
    JsonNode grant = renew(UUID.randomUUID(), demand(200_000, 0).put("cheapest", true));
    assertTrue(grant.path("granted_nanos").asLong() >= 200_000, grant.toString());
    refused = renew(UUID.randomUUID(), demand(20_000, 0).put("cheapest", true)).path("refusal");
    assertEquals(300_000, refused.path("limit_nanos").asLong());
  }

  @Test
  void a_budget_that_only_notifies_needs_no_lease() {
    put(team, "{\"limit_usd\":0.0001,\"on_exceeded\":\"notify\"}");
    JsonNode grant = lease(UUID.randomUUID(), 200_000, 0);
    assertEquals(0, grant.path("budgets").size(), grant.toString());
    assertTrue(grant.path("outdated").asBoolean());
    service.receipt(settled(intent(team, "req_1", Instant.now()), 900_000));
    assertEquals(900_000, nanos("spent_usd"));
  }

  @Test
  void a_lease_of_other_budgets_than_cover_the_call_now_is_outdated() {
    put(team, "{\"limit_usd\":1}");
    var id = UUID.randomUUID();
    long granted = lease(id, 1_000, 0).path("granted_nanos").asLong();
    put(team, "{\"limit_usd\":1,\"period\":\"day\"}");
    JsonNode grant = lease(id, 1_000, granted);
    assertTrue(grant.path("outdated").asBoolean(), grant.toString());
    assertEquals(granted, grant.path("granted_nanos").asLong());
    assertEquals("0", sum("sum(leased_nanos)"));
  }

  @Test
  void what_a_dead_instance_held_is_free_when_its_next_life_says_so() {
    put(team, "{\"limit_usd\":0.001}");
    lease(UUID.randomUUID(), 600_000, 0);
    JsonNode refused =
        renew(UUID.randomUUID(), demand(600_000, 0).put("life", "life-2")).path("refusal");
    assertTrue(refused.isObject(), "the dead one's money was given away");
    HttpResponse<String> released =
        service.ask("DELETE", "/v1/leases?holder=holder-" + team + "&life=life-2", "", team, ADMIN);
    assertTrue(released.statusCode() < 300, released.body());
    assertEquals(0, nanos("leased_usd"));
    JsonNode grant = renew(UUID.randomUUID(), demand(600_000, 0).put("life", "life-2"));
    assertTrue(grant.path("granted_nanos").asLong() >= 600_000, grant.toString());
  }

  @Test
  void a_limit_that_was_lowered_holds_for_the_next_demand_and_tells_holders_of_its_change() {
    put(team, "{\"limit_usd\":0.001}");
    var id = UUID.randomUUID();
    JsonNode before = lease(id, 600_000, 0);
    put(team, "{\"limit_usd\":0.0003}");
    JsonNode after = lease(id, 1, 0);
    assertEquals("team:" + team, after.at("/refusal/budget").asText());
    assertEquals(300_000 - 600_000, after.at("/refusal/available_nanos").asLong());
    assertTrue(
        after.at("/budgets/0/revision").asLong() > before.at("/budgets/0/revision").asLong(),
        before + " → " + after);
    JsonNode coverage =
        tree(service.get("/v1/leases/coverage?team=" + team + "&key=k_1", team, "caller"));
    assertEquals(
        after.at("/budgets/0/revision").asLong(), coverage.at("/budgets/0/revision").asLong());
    JsonNode grant = lease(id, 100_000, 550_000);
    assertTrue(grant.path("refusal").isMissingNode() || grant.path("refusal").isNull(), "" + grant);
    assertTrue(nanos("leased_usd") <= 300_000, "" + grant);
  }

  @Test
  void what_a_lost_holder_had_is_spent_until_it_is_forgotten_and_the_budget_rebuilt()
      throws Exception {
    put(team, "{\"limit_usd\":0.001}");
    var id = UUID.randomUUID();
    lease(id, 600_000, 0);
    rebuild();
    assertEquals(600_000, nanos("leased_usd"));
    execute(
        "update cost.lease set heard_at = now() - interval '25 h' where lease_id = '" + id + "'");
    var alive = UUID.randomUUID();
    lease(alive, 1_000, 0);
    rebuild();
    assertTrue(nanos("leased_usd") > 600_000, "its holder was heard of through another lease");
    execute(
        "update cost.lease set heard_at = now() - interval '25 h' where lease_id = '"
            + alive
            + "'");
    assertTrue(nanos("leased_usd") > 600_000, "time alone gives nothing back");
    rebuild();
    assertEquals(0, nanos("leased_usd"));
    service.receipt(
        settled(intent(team, "req_1", Instant.now()), 21_300).put("lease", id.toString()));
    assertEquals(21_300, nanos("spent_usd"), "its spool was found after all");
    assertEquals(0, nanos("leased_usd"));
  }

  @Test
  void many_instances_that_ask_at_once_get_the_whole_budget_and_not_a_nano_more() throws Exception {
    put(team, "{\"limit_usd\":0.01}");
    put("key:k_" + team, "{\"limit_usd\":0.011}");
    List<UUID> leases = IntStream.range(0, 20).mapToObj(i -> UUID.randomUUID()).toList();
    long refused = 0;
    try (var threads = Executors.newFixedThreadPool(16)) {
      List<Callable<JsonNode>> asks =
          IntStream.range(0, 400)
              .<Callable<JsonNode>>mapToObj(
                  i ->
                      () ->
                          renew(
                              leases.get(i % leases.size()),
                              demand(40_000, 0).put("key", "k_" + team)))
              .toList();
      for (var answer : threads.invokeAll(asks)) {
        refused += answer.get().path("refusal").isObject() ? 1 : 0;
      }
    }
    assertTrue(refused > 0, "nobody was refused");
    assertTrue(nanos("leased_usd") <= 10_000_000, "overshoot");
    assertTrue(nanos("leased_usd") > 10_000_000 - 40_000, "only " + nanos("leased_usd"));
  }

  private void rebuild() {
    HttpResponse<String> rebuilt =
        service.ask("POST", "/v1/budgets/" + team + "/rebuild", "", team, ADMIN);
    assertEquals(200, rebuilt.statusCode(), rebuilt.body());
  }

  private JsonNode lease(UUID id, long need, long returned) {
    return renew(id, demand(need, returned));
  }

  private JsonNode renew(UUID id, ObjectNode demand) {
    HttpResponse<String> answer;
    int asked = 0;
    do {
      answer = service.ask("PUT", "/v1/leases/" + id, demand.toString(), team, "caller");
      // Sixteen at once on a busy machine: who finds no connection of the pool asks again.
    } while (answer.statusCode() == 503 && ++asked < 20);
    assertEquals(200, answer.statusCode(), answer.body());
    return tree(answer);
  }

  private ObjectNode demand(long need, long returned) {
    return RunningCostService.JSON
        .createObjectNode()
        .put("holder", "holder-" + team)
        .put("life", LIFE)
        .put("team", team)
        .put("key", "k_1")
        .put("cheapest", false)
        .put("need_nanos", need)
        .put("wanted_nanos", need)
        .put("returned_nanos", returned);
  }

  private JsonNode put(String scope, String terms) {
    HttpResponse<String> answer = service.ask("PUT", "/v1/budgets/" + scope, terms, team, ADMIN);
    assertEquals(200, answer.statusCode(), answer.body());
    return tree(answer);
  }

  private long nanos(String field) {
    BigDecimal usd =
        tree(service.get("/v1/budgets/" + team, team, "viewer")).path(field).decimalValue();
    return usd.scaleByPowerOfTen(9).longValueExact();
  }

  private String sum(String what) {
    try {
      return sql("select " + what + " from cost.budget_period where scope = 'team:" + team + "'");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private String sql(String query) throws SQLException {
    try (var connection = service.database().connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (var connection = service.database().connect();
        var statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }
}
