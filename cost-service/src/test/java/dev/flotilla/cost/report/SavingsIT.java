package dev.flotilla.cost.report;

import static dev.flotilla.cost.running.RunningCostService.decision;
import static dev.flotilla.cost.running.RunningCostService.hit;
import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;
import static dev.flotilla.cost.running.RunningCostService.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.cost.running.RunningCostService;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Days of May 2026 belong to this class, teams saver and other too. 100 input, 20 cached and 30
 * output tokens are 162,000 nano-dollars on acme/swift and 1,620,000 on acme/grand, the baseline;
 * from June on they are 150,000 there.
 */
class SavingsIT {
  private static final String MAY = "from=2026-05-01&to=2026-05-03";
  private static final Instant DAY = Instant.parse("2026-05-01T10:00:00Z");

  /** What the figure is called, and the query. */
  private static final Pattern SQL_BLOCK =
      Pattern.compile("```sql\n-- (tokens|[^\\s:]+).*\n([^`]+)```");

  private final RunningCostService service = RunningCostService.get();

  @BeforeAll
  static void rows() {
    var service = RunningCostService.get();
    // s1: one failed attempt that was billed, then the answer. s2 and s3: the same answer, cached.
    var failed = settled(intent("saver", "s1", DAY), 30_000).put("outcome", "truncated");
    var answered = settled(intent("saver", "s1", DAY.plusSeconds(1)), 162_000);
    // s4: complex work, drafted by the small model, answered by the baseline itself.
    var draft = complex(settled(intent("saver", "s4", DAY), 162_000));
    var grand = complex(settled(intent("saver", "s4", DAY), 1_620_000)).put("model", "acme/grand");
    // s5: the caller named the model. s6: no decision ever came. s7: nobody knows. s8: never
    // billed.
    var named = settled(intent("saver", "s5", DAY), 162_000).putNull("task_type");
    var lonely = settled(intent("saver", "s6", DAY), 162_000);
    var lost = intent("saver", "s7", DAY);
    var free = intent("saver", "s8", DAY).put("state", "void").put("outcome", "connect");
    var judge = settled(intent("saver", "s9", DAY), 11_000).put("origin", "review");
    var pretend = settled(intent("saver", "s10", DAY), 162_000).put("simulated", true);
    var others = settled(intent("other", "s1", DAY), 162_000);
    var june = settled(intent("saver", "j1", Instant.parse("2026-06-01T00:00:00Z")), 162_000);
    assertEquals(
        12,
        service
            .receipt(
                failed, answered, draft, grand, named, lonely, lost, free, judge, pretend, others,
                june)
            .path("accepted")
            .asInt());
    service.keep(
        decision("saver", "s1", DAY).put("fallback_count", 1).put("fallback_reason", "truncated"),
        hit(decision("saver", "s2", DAY)),
        hit(decision("saver", "s3", DAY)).put("model", "acme/forgotten"),
        complex(decision("saver", "s4", DAY))
            .put("model", "acme/grand")
            .put("fallback_count", 1)
            .put("fallback_reason", "low_confidence")
            .put("price_version", Catalog.readAll(catalog()).version()),
        decision("saver", "s5", DAY).putNull("task_type").put("decided_by", "hint"),
        decision("saver", "s7", DAY).putNull("model").put("outcome", "server_error"),
        decision("saver", "s10", DAY).put("simulated", true),
        decision("other", "s1", DAY),
        decision("saver", "j1", Instant.parse("2026-06-01T00:00:00Z")));
  }

  @BeforeAll
  static void longPrompts() {
    List<ObjectNode> attempts = new ArrayList<>();
    List<ObjectNode> decisions = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      ObjectNode attempt = settled(intent("deep", "p" + i, DAY), 100_000);
      // 120 tokens each, and three of 300: together they are more, but only three are long.
      ((ObjectNode) attempt.path("usage")).put("input", i < 27 ? 100 : 280);
      attempts.add(attempt);
      decisions.add(decision("deep", "p" + i, DAY).put("baseline_model", "acme/deep"));
    }
    RunningCostService.get().receipt(attempts.toArray(ObjectNode[]::new));
    RunningCostService.get().keep(decisions.toArray(ObjectNode[]::new));
  }

  @Test
  void every_figure_is_what_one_computes_by_hand() {
    JsonNode page = ask("/v1/costs/savings?" + MAY, "saver", "caller");
    assertEquals(1, page.path("results").size());
    JsonNode all = page.at("/results/0");
    assertFalse(all.path("simulated").asBoolean());
    // s1 and the baseline's own answer to s4.
    assertEquals(2, all.at("/routing/answers").asInt());
    assertEquals(3_240_000, all.at("/routing/baseline/nanos").asLong());
    assertEquals(1_782_000, all.at("/routing/spent/nanos").asLong());
    assertEquals(1_458_000, all.at("/routing/saved/nanos").asLong());
    // A hit spares its own model's price, not the baseline's.
    assertEquals(2, all.at("/cache/hits").asInt());
    assertEquals(1, all.at("/cache/unpriced").asInt());
    assertEquals(162_000, all.at("/cache/saved/nanos").asLong());
    assertEquals(30_000, all.at("/overhead/failed/nanos").asLong());
    assertEquals(162_000, all.at("/overhead/escalation/nanos").asLong());
    assertEquals(11_000, all.at("/overhead/review/nanos").asLong());
    assertEquals(90_000, all.at("/overhead/unknown/nanos").asLong());
    assertEquals(0, all.at("/overhead/classifier/nanos").asLong());
    assertEquals(293_000, all.at("/overhead/total/nanos").asLong());
    assertEquals(1, all.path("escalations").asInt());
    assertEquals(162_000, all.at("/named/spent/nanos").asLong());
    assertEquals(162_000, all.at("/not_compared/spent/nanos").asLong());
    assertEquals(1_327_000, all.at("/saved/nanos").asLong());
    assertEquals(0.3901, all.path("saved_ratio").asDouble());
    assertTrue(
        service
            .get("/v1/costs/savings?" + MAY, "saver", "caller")
            .body()
            .contains("{\"usd\":0.001327,\"nanos\":1327000}"));
  }

  @Test
  void a_second_answer_of_the_same_model_is_overhead_and_no_second_answer_saved() {
    service.receipt(
        settled(intent("sampler", "t1", DAY), 162_000),
        settled(intent("sampler", "t1", DAY.plusSeconds(1)), 162_000).put("origin", "sample"));
    service.keep(decision("sampler", "t1", DAY));
    JsonNode all = ask("/v1/costs/savings?" + MAY, "sampler", "caller").at("/results/0");
    assertEquals(1, all.at("/routing/answers").asInt());
    assertEquals(1_620_000, nanos(all, "/routing/baseline"));
    assertEquals(162_000, nanos(all, "/overhead/escalation"));
    assertEquals(1_620_000 - 2 * 162_000, nanos(all, "/saved"));
  }

  @Test
  void the_answer_is_the_golden_one() throws Exception {
    String body = service.get("/v1/costs/savings?" + MAY, "saver", "caller").body();
    Path golden = Path.of("src/test/resources/golden/savings.json");
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(golden, body);
    }
    assertEquals(Files.readString(golden), body, "savings.json");
  }

  @Test
  void every_nano_dollar_spent_is_in_exactly_one_place() {
    JsonNode all = ask("/v1/costs/savings?" + MAY, "saver", "caller").at("/results/0");
    long placed =
        nanos(all, "/routing/spent")
            + nanos(all, "/overhead/total")
            - nanos(all, "/overhead/unknown")
            + nanos(all, "/named/spent")
            + nanos(all, "/not_compared/spent");
    JsonNode costs = ask("/v1/costs?" + MAY, "saver", "caller").at("/data/0/results/0");
    assertEquals(costs.path("cost_nanos").asLong(), placed);
  }

  @Test
  void task_types_stand_alone_and_where_routing_does_not_pay_the_advice_is_to_pin_one_model() {
    JsonNode types =
        ask("/v1/costs/savings?" + MAY, "saver", "caller").at("/results/0/by_task_type");
    assertEquals("bulk", types.at("/1/task_type").asText());
    assertEquals(1_458_000, nanos(types, "/1/routing/saved"));
    assertEquals(131_000, nanos(types, "/1/overhead/total"));
    assertTrue(types.at("/1/advice").isNull());
    assertEquals("complex", types.at("/2/task_type").asText());
    assertEquals(0, nanos(types, "/2/routing/saved"));
    assertEquals(162_000, nanos(types, "/2/overhead/total"));
    assertEquals(-162_000, nanos(types, "/2/saved"));
    assertEquals("pin_one_model", types.at("/2/advice").asText());
    assertTrue(types.at("/0/task_type").isNull());
    assertTrue(types.at("/0/advice").isNull());

    JsonNode complex =
        ask("/v1/costs/savings?task_type=complex&" + MAY, "saver", "caller").at("/results/0");
    assertEquals(-162_000, nanos(complex, "/saved"));
  }

  @Test
  void the_definition_names_baseline_and_price_version() {
    JsonNode definition = ask("/v1/costs/savings?" + MAY, "saver", "caller").path("definition");
    assertEquals("[\"acme/grand\"]", definition.path("baseline_models").toString());
    assertEquals(Catalog.readAll(catalog()).version(), definition.path("price_version").asText());
    assertEquals(5, definition.path("decisions_under_other_prices").asInt());
    for (String field : new String[] {"routing", "cache", "overhead", "saved", "advice"}) {
      assertTrue(definition.path(field).asText().length() > 20, field);
    }
  }

  @Test
  void tokens_are_priced_as_of_their_day_even_when_that_makes_routing_a_loss() {
    JsonNode june =
        ask("/v1/costs/savings?from=2026-06-01&to=2026-06-02", "saver", "caller")
            .at("/results/0/by_task_type/0");
    assertEquals(150_000, nanos(june, "/routing/baseline"));
    assertEquals(-12_000, nanos(june, "/routing/saved"));
    assertEquals("pin_one_model", june.path("advice").asText());
  }

  @Test
  void a_long_prompt_is_compared_with_what_the_baseline_costs_for_long_prompts() {
    JsonNode all = ask("/v1/costs/savings?" + MAY, "deep", "caller").at("/results/0");
    // Short: 100 × 10 + 20 × 1 + 30 × 20 dollars per million. Long: 280 × 20 + 20 × 2 + 30 × 30.
    assertEquals(27 * 1_620_000 + 3 * 6_540_000, nanos(all, "/routing/baseline"));
    assertEquals(3_000_000, nanos(all, "/routing/spent"));
  }

  @Test
  void where_there_is_little_work_or_all_of_it_is_hard_the_baseline_alone_is_the_advice() {
    List<ObjectNode> attempts = new ArrayList<>();
    List<ObjectNode> decisions = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      // Two of twenty by the small model: it saves, but hardly ever.
      String model = i < 2 ? "acme/swift" : "acme/grand";
      attempts.add(
          settled(intent("hard", "h" + i, DAY), i < 2 ? 162_000 : 1_620_000).put("model", model));
      decisions.add(decision("hard", "h" + i, DAY).put("model", model));
    }
    attempts.add(settled(intent("little", "l1", DAY), 162_000));
    decisions.add(decision("little", "l1", DAY));
    service.receipt(attempts.toArray(ObjectNode[]::new));
    service.keep(decisions.toArray(ObjectNode[]::new));
    JsonNode hard =
        ask("/v1/costs/savings?" + MAY, "hard", "caller").at("/results/0/by_task_type/0");
    assertEquals(2 * 1_458_000, nanos(hard, "/saved"));
    assertEquals("pin_one_model", hard.path("advice").asText());
    assertEquals("uniformly_hard", hard.path("advice_reason").asText());
    assertEquals("acme/grand", hard.path("advice_model").asText());

    // Two days do not show how much work there is.
    assertTrue(
        ask("/v1/costs/savings?" + MAY, "little", "caller")
            .at("/results/0/by_task_type/0/advice")
            .isNull());
    JsonNode little =
        ask("/v1/costs/savings?from=2026-05-01&to=2026-05-10", "little", "caller")
            .at("/results/0/by_task_type/0");
    assertEquals("too_little_volume", little.path("advice_reason").asText());
    JsonNode overhead =
        ask("/v1/costs/savings?" + MAY, "saver", "caller").at("/results/0/by_task_type/2");
    assertEquals("overhead", overhead.path("advice_reason").asText());
  }

  @Test
  void every_figure_is_what_the_statement_beside_it_recomputes() throws Exception {
    int compared = 0;
    try (var connection = service.database().connect();
        var statement = connection.createStatement()) {
      for (String team : List.of("saver", "deep", "nobody")) {
        JsonNode results =
            ask("/v1/costs/savings?explain=true&include_simulated=true&" + MAY, team, "caller")
                .path("results");
        for (JsonNode result : results) {
          List<JsonNode> parts = new ArrayList<>(List.of(result));
          result.path("by_task_type").forEach(parts::add);
          for (JsonNode part : parts) {
            assertEquals(34, part.path("explain").size());
            for (var told : part.path("explain").properties()) {
              JsonNode figure = part.at(told.getKey());
              assertTrue(figure.isNumber(), told.getKey() + " in " + part);
              try (var rows = statement.executeQuery(told.getValue().asText())) {
                assertTrue(rows.next(), told.toString());
                assertEquals(
                    0,
                    figure.decimalValue().compareTo(rows.getBigDecimal(1)),
                    () -> told + " is not " + figure);
              }
              compared++;
            }
          }
        }
      }
    }
    assertTrue(compared > 200, compared + " figures");
    assertFalse(ask("/v1/costs/savings?" + MAY, "saver", "caller").at("/results/0").has("explain"));
  }

  @Test
  void a_team_sees_its_own_savings_and_nothing_spent_is_an_answer_too() {
    JsonNode other = ask("/v1/costs/savings?" + MAY, "other", "caller").at("/results/0");
    assertEquals(1_458_000, nanos(other, "/saved"));
    assertEquals(
        403, service.get("/v1/costs/savings?team=saver&" + MAY, "other", "caller").statusCode());
    JsonNode nobody = ask("/v1/costs/savings?" + MAY, "nobody", "caller").at("/results/0");
    assertEquals(0, nanos(nobody, "/saved"));
    assertTrue(nobody.path("saved_ratio").isNull());
    assertEquals(400, service.get("/v1/costs/savings?bucket=1d", "other", "caller").statusCode());
  }

  @Test
  void simulated_answers_stand_apart_when_they_are_asked_for() {
    JsonNode results =
        ask("/v1/costs/savings?include_simulated=true&" + MAY, "saver", "caller").path("results");
    assertEquals(2, results.size());
    assertEquals(1_327_000, nanos(results, "/0/saved"));
    assertTrue(results.at("/1/simulated").asBoolean());
    assertEquals(1_458_000, nanos(results, "/1/saved"));
  }

  @Test
  void costs_tell_cache_hits_and_fallbacks_of_a_group() {
    JsonNode day = ask("/v1/costs?" + MAY, "saver", "caller").at("/data/0/results/0");
    assertEquals(2, day.path("cache_hits").asInt());
    assertEquals(2, day.path("fallbacks").asInt());

    JsonNode models =
        ask("/v1/costs?group_by=model&" + MAY, "saver", "caller").at("/data/0/results");
    assertEquals("acme/grand", models.at("/0/group/model").asText());
    assertEquals(1, models.at("/0/fallbacks").asInt());
    assertEquals("acme/swift", models.at("/1/group/model").asText());
    assertEquals(1, models.at("/1/cache_hits").asInt());
    // Only the cache knows this one: a hit, and no money.
    assertEquals("acme/forgotten", models.at("/2/group/model").asText());
    assertEquals(0, models.at("/2/attempts").asInt());
    assertEquals(1, models.at("/2/cache_hits").asInt());

    JsonNode steps =
        ask("/v1/costs?group_by=step&" + MAY, "saver", "caller").at("/data/0/results/0");
    assertTrue(steps.path("cache_hits").isNull());
  }

  @Test
  void the_queries_of_the_reference_give_the_same_figures() throws Exception {
    JsonNode all = ask("/v1/costs/savings?" + MAY, "saver", "caller").at("/results/0");
    JsonNode costs = ask("/v1/costs?" + MAY, "saver", "caller").at("/data/0/results/0");
    String reference = Files.readString(Path.of("../docs/reference/costs.md"));
    int compared = 0;
    try (var connection = service.database().connect();
        var statement = connection.createStatement()) {
      for (var found = SQL_BLOCK.matcher(reference); found.find(); ) {
        String name = found.group(1);
        String query =
            found
                .group(2)
                .replace(":from", "timestamptz '2026-05-01T00:00:00Z'")
                .replace(":to", "timestamptz '2026-05-03T00:00:00Z'")
                .replace(":team", "'saver'");
        try (var rows = statement.executeQuery(query)) {
          assertTrue(rows.next(), query);
          if (!name.startsWith("tokens")) {
            JsonNode figure = name.startsWith("/") ? all.at(name) : costs.path(name);
            assertTrue(figure.isNumber(), name);
            assertEquals(figure.asLong(), rows.getLong(1), name);
            compared++;
          }
        }
      }
    }
    assertEquals(9, compared);
  }

  private static Path catalog() {
    return Path.of("src/test/resources/config/catalog");
  }

  private static ObjectNode complex(ObjectNode row) {
    return row.put("task_type", "complex");
  }

  private static long nanos(JsonNode tree, String path) {
    return tree.at(path + "/nanos").asLong();
  }

  private JsonNode ask(String path, String team, String roles) {
    HttpResponse<String> response = service.get(path, team, roles);
    assertEquals(200, response.statusCode(), response.body());
    return tree(response);
  }
}
