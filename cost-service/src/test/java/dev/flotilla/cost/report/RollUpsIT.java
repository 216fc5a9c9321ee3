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
import dev.flotilla.cost.running.RunningCostService;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Days of July to September 2026 belong to this class, teams whose names begin with roll too. */
class RollUpsIT {
  private static final Instant START = Instant.parse("2026-07-01T00:00:00Z");

  /** What the rows say, beside what a roll-up says; nothing comes back when they agree. */
  private static final String DIFFERENCE =
      """
      with told as (
          select date_trunc('%1$s', started_at, 'UTC') as at, team, key_id, project, provider, model, task_type, pipeline, step, simulated,
              sum(attempts) as attempts, sum(settled_nanos) as settled, sum(estimated_nanos) as estimated,
              sum(unknown_floor_nanos) as floor, sum(unknown_ceiling_nanos) as ceiling,
              sum(input_tokens) as input, sum(cache_read_tokens) as read, sum(cache_write_tokens) as written,
              sum(output_tokens) as output, sum(reasoning_tokens) as reasoning
          from cost.attempt_figures group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
      kept as (
          select at, team, key_id, project, provider, model, task_type, pipeline, step, simulated, attempts::numeric, settled_nanos,
              estimated_nanos, unknown_floor_nanos, unknown_ceiling_nanos, input_tokens, cache_read_tokens, cache_write_tokens,
              output_tokens, reasoning_tokens
          from cost.spend_%1$s)
      select count(*) from ((select * from told except all select * from kept) union all (select * from kept except all select * from told)) d""";

  private final RunningCostService service = RunningCostService.get();

  @BeforeAll
  static void rows() throws Exception {
    var service = RunningCostService.get();
    var random = new Random(7);
    List<ObjectNode> intents = IntStream.range(0, 600).mapToObj(i -> attempt(random, i)).toList();
    List<ObjectNode> entries = new ArrayList<>(intents);
    for (int i = 0; i < 400; i++) {
      ObjectNode ended = settled(intents.get(i), random.nextInt(1_000_000));
      if (i % 5 == 0) {
        ended.put("state", "estimated").put("estimated", true);
      }
      if (i % 7 == 0) {
        ended.put("state", "void").putNull("cost_nanos");
      }
      entries.add(ended);
    }
    // Intents and outcomes in any order, from several senders at once, some twice.
    List<Callable<HttpResponse<String>>> senders = new ArrayList<>();
    for (int at = 0; at < entries.size(); at += 100) {
      List<ObjectNode> batch = entries.subList(at, at + 100);
      senders.add(() -> service.post(batch));
      senders.add(() -> service.post(batch));
    }
    try (var threads = Executors.newFixedThreadPool(6)) {
      for (var sent : threads.invokeAll(senders)) {
        assertEquals(200, sent.get().statusCode(), sent.get().body());
      }
    }
    service.keep(
        decision("roll-a", "d1", START.plusSeconds(60)).put("fallback_count", 1),
        hit(decision("roll-a", "d2", START.plusSeconds(120))),
        hit(decision("roll-a", "d3", START.plusSeconds(4_000))));
    service.keep(hit(decision("roll-a", "d2", START.plusSeconds(120))));
  }

  @Test
  void the_roll_ups_are_what_the_rows_add_up_to() throws SQLException {
    for (String span : List.of("hour", "day")) {
      assertEquals("0", sql(DIFFERENCE.formatted(span)), span);
    }
    assertEquals(
        "600", sql("select sum(attempts) from cost.spend_day where team ~ '^roll-[abc]$'"));
    assertEquals(
        sql(
            "select count(*) || '|' || sum(settled_nanos) from cost.attempt_figures a, jsonb_object_keys(tags)"
                + " where team ~ '^roll-[abc]$'"),
        sql(
            "select sum(attempts) || '|' || sum(settled_nanos) from cost.spend_tag_day where team ~ '^roll-[abc]$'"));
    assertEquals(
        "2|1",
        sql(
            "select sum(cache_hits) || '|' || sum(fallbacks) from cost.answer_day where team = 'roll-a'"));
  }

  @Test
  void a_correction_is_a_row_of_its_own_and_counted_with_its_sign() throws SQLException {
    ObjectNode wrong = settled(intent("roll-corrected", "c1", START), 500);
    service.receipt(wrong);
    try (var connection = service.database().connect();
        var statement = connection.createStatement()) {
      statement.executeUpdate(
          """
          insert into cost.attempt (attempt_id, state, request_id, origin, team, key_id, task_type, provider, model,
              price_version, simulated, started_at, estimated, cost_nanos, floor_nanos, ceiling_nanos, price_check)
          select '%s', 'settled', request_id, 'correction', team, key_id, task_type, provider, model,
              price_version, simulated, started_at, estimated, -120, 0, 0, 'unchecked'
          from cost.attempt where attempt_id = '%s'"""
              .formatted(UUID.randomUUID(), wrong.path("attempt_id").asText()));
    }
    JsonNode result =
        ask("/v1/costs?from=2026-07-01&to=2026-07-02", "roll-corrected").at("/data/0/results/0");
    assertEquals(380, result.path("cost_nanos").asLong());
    assertEquals(1, result.path("attempts").asLong());
    assertEquals("0", sql(DIFFERENCE.formatted("hour")));
  }

  @Test
  void every_figure_is_what_the_statement_beside_it_recomputes() throws SQLException {
    // Neither begins nor ends with an hour; and whole months.
    for (String range :
        List.of(
            "from=2026-07-01T00:20:00Z&to=2026-09-20T05:40:00Z",
            "from=2026-07-01T00:00:00Z&to=2026-10-01T00:00:00Z")) {
      try (var connection = service.database().connect()) {
        int compared = recomputed(connection, range);
        assertTrue(compared > 500, compared + " figures");
      }
    }
  }

  private int recomputed(Connection connection, String range) throws SQLException {
    int compared = 0;
    for (String question :
        List.of(
            "&bucket=1mo",
            "&bucket=1w&group_by=model,task_type",
            "&bucket=1w&group_by=team,key,project",
            "&bucket=1h&group_by=provider&to=2026-07-03T00:20:00Z",
            "&bucket=1mo&group_by=pipeline,step",
            "&bucket=1mo&group_by=tag:feature",
            "&bucket=1h&group_by=tag:feature&to=2026-07-03T00:20:00Z",
            "&bucket=1mo&group_by=tag:feature,model&project=web",
            "&bucket=1mo&group_by=tag:feature,tag:customer",
            "&bucket=1mo&group_by=tag:customer,task_type",
            "&bucket=1w&key=k_0&pipeline=content",
            "&bucket=1mo&include_simulated=true&group_by=tag:customer")) {
      String asked =
          question.contains("&to=")
              ? range.replaceFirst("&to=[^&]*", "") + question
              : range + question;
      for (String team : List.of("roll-a", "roll-b")) {
        JsonNode page = ask("/v1/costs?explain=true&" + asked, team);
        int results = 0;
        for (JsonNode bucket : page.path("data")) {
          for (JsonNode result : bucket.path("results")) {
            results++;
            for (var told : result.path("explain").properties()) {
              JsonNode figure = result.at(told.getKey());
              assertTrue(figure.isNumber(), told.getKey() + " in " + result);
              assertEquals(
                  0,
                  figure
                      .decimalValue()
                      .compareTo(new BigDecimal(sql(connection, told.getValue().asText()))),
                  question + " " + told + " in " + result);
              compared++;
            }
          }
        }
        assertTrue(results > 0, question + " " + page);
      }
    }
    return compared;
  }

  @Test
  void buckets_of_weeks_and_months_begin_where_calendars_do() {
    JsonNode weeks = ask("/v1/costs?from=2026-07-01&to=2026-07-20&bucket=1w", "roll-a");
    assertEquals(3, weeks.path("data").size());
    assertEquals(START.getEpochSecond(), weeks.at("/data/0/start_time").asLong());
    assertEquals(
        Instant.parse("2026-07-06T00:00:00Z").getEpochSecond(),
        weeks.at("/data/1/start_time").asLong());
    JsonNode months = ask("/v1/costs?from=2026-07-01&to=2026-10-01&bucket=1mo", "roll-a");
    assertEquals(3, months.path("data").size());
    assertEquals(
        Instant.parse("2026-08-01T00:00:00Z").getEpochSecond(),
        months.at("/data/1/start_time").asLong());
    long all = 0;
    for (JsonNode bucket : months.path("data")) {
      all += bucket.at("/results/0/attempts").asLong();
    }
    assertEquals(181, all);
  }

  @Test
  void a_cursor_keeps_its_range_and_belongs_to_no_other() {
    JsonNode first = ask("/v1/costs?from=2026-07-01&bucket=1d&limit=3", "roll-a");
    String next = first.path("next_page").asText();
    JsonNode second = ask("/v1/costs?bucket=1d&limit=3&page=" + next, "roll-a");
    assertEquals(first.at("/data/2/end_time"), second.at("/data/0/start_time"));
    assertEquals(
        400,
        service
            .get("/v1/costs?from=2026-07-02&limit=3&page=" + next, "roll-a", "caller")
            .statusCode());
  }

  @Test
  void a_tag_with_endless_values_is_summed_up_as_a_thousand_and_others() throws SQLException {
    for (int at = 0; at < 1_200; at += 400) {
      List<ObjectNode> batch = new ArrayList<>();
      for (int i = at; i < at + 400; i++) {
        ObjectNode entry = settled(intent("roll-many", "v" + i, START), 10);
        entry.putObject("tags").put("session", "s" + i);
        batch.add(entry);
      }
      assertEquals(200, service.post(batch).statusCode());
    }
    service.receipt(settled(intent("roll-many", "untagged", START), 3));
    JsonNode results =
        ask(
                "/v1/costs?from=2026-07-01&to=2026-07-02&explain=true&group_by="
                    + URLEncoder.encode("tag:session", StandardCharsets.UTF_8),
                "roll-many")
            .at("/data/0/results");
    assertEquals(1_002, results.size());
    assertEquals("(other)", results.at("/0/group/tag:session").asText());
    assertEquals(2_000, results.at("/0/cost_nanos").asLong());
    assertEquals(200, results.at("/0/requests").asLong());
    assertEquals("2000", sql(results.at("/0/explain").path("/cost_nanos").asText()));
    assertTrue(results.at("/1001/group/tag:session").isNull());
    assertEquals(3, results.at("/1001/cost_nanos").asLong());
  }

  @Test
  void names_longer_than_an_index_entry_are_counted_too() {
    String odd = "ŵ".repeat(500);
    ObjectNode entry =
        settled(intent("roll-long", "l1", START), 10)
            .put("key", odd)
            .put("project", odd)
            .put("task_type", odd)
            .put("pipeline", odd)
            .put("step", odd);
    entry.putObject("tags").put(odd, odd.repeat(4));
    assertEquals(1, service.receipt(entry).path("accepted").asInt());
    JsonNode result =
        ask("/v1/costs?from=2026-07-01&to=2026-07-02&group_by=step", "roll-long")
            .at("/data/0/results/0");
    assertEquals(10, result.path("cost_nanos").asLong());
    assertFalse(result.has("explain"));
  }

  private static ObjectNode attempt(Random random, int i) {
    ObjectNode entry =
        intent(
            "roll-" + "abc".charAt(i % 3),
            "q" + i / 2,
            START.plusSeconds(random.nextInt(82 * 24 * 3_600)));
    entry.put("floor_nanos", 3).put("key", "k_" + i % 2).put("simulated", i % 11 == 0);
    if (i % 2 == 0) {
      entry.put("model", "acme/grand").put("project", "web");
    }
    if (i % 4 == 0) {
      entry.put("pipeline", "content").put("step", "o'clock " + i % 3);
    } else {
      entry.put("task_type", i % 5 == 0 ? "complex" : "bulk");
    }
    if (i % 3 != 0) {
      entry.putObject("tags").put("feature", "f" + i % 5).put("customer", "c'" + i % 9);
    }
    return entry;
  }

  private JsonNode ask(String path, String team) {
    HttpResponse<String> response = service.get(path, team, "caller");
    assertEquals(200, response.statusCode(), response.body());
    return tree(response);
  }

  private String sql(String query) throws SQLException {
    try (var connection = service.database().connect()) {
      return sql(connection, query);
    }
  }

  private static String sql(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      assertTrue(rows.next(), query);
      return String.valueOf(rows.getString(1));
    }
  }
}
