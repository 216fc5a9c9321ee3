package dev.flotilla.cost.ledger;

import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;
import static dev.flotilla.cost.running.RunningCostService.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.cost.running.RunningCostService;
import dev.flotilla.testkit.FaultRow;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rows, budgets, leases and roll-ups are changed in one order by everybody. */
class CountingOrderIT {
  private static final int SENDERS = 8;
  private static final int ROUNDS = 25;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final RunningCostService service = RunningCostService.get();

  @Test
  @FaultRow(
      row = 72,
      fault = "batches that begin attempts and such that end them, leases and new limits, at once")
  void whoever_counts_waits_its_turn_and_nobody_locks_another_out() throws Exception {
    List<String> teams = IntStream.range(0, 4).mapToObj(i -> "turn-" + UUID.randomUUID()).toList();
    for (String team : teams) {
      limit(team, 1_000);
    }
    long deadlocks = statistic("deadlocks");
    long commits = statistic("xact_commit");
    try (var threads = Executors.newFixedThreadPool(SENDERS + 2)) {
      List<Callable<Integer>> everybody = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        var random = new Random(i);
        // The first two send the same attempts.
        long sender = Math.max(1, i);
        everybody.add(() -> beginAndEnd(teams, random, sender));
      }
      everybody.add(() -> lease(teams));
      everybody.add(
          () -> {
            for (int round = 0; round < ROUNDS; round++) {
              limit(teams.get(round % teams.size()), 1_000 + round);
            }
            return ROUNDS;
          });
      int exchanges = 0;
      for (var done : threads.invokeAll(everybody)) {
        exchanges += done.get();
      }
      // A backend tells what it did with its next transaction, a second later at the earliest.
      for (long end = System.nanoTime() + PATIENCE.toNanos();
          statistic("xact_commit") < commits + exchanges;
          service.get("/v1/costs", teams.getFirst(), "caller")) {
        assertTrue(System.nanoTime() < end, "PostgreSQL does not tell what it did");
      }
    }
    assertEquals(0, statistic("deadlocks") - deadlocks);
    for (String team : teams) {
      String rows =
          "select sum(case state when 'unknown' then ceiling_nanos else cost_nanos end) from cost.attempt where team = '%s'"
              .formatted(team);
      assertEquals(
          sql(rows),
          sql(
              "select spent_nanos from cost.budget_period where scope = 'team:%s'"
                  .formatted(team)));
      assertEquals(
          sql(rows),
          sql(
              "select sum(settled_nanos + unknown_ceiling_nanos)::bigint from cost.spend_hour where team = '%s'"
                  .formatted(team)));
    }
  }

  /** Half of each batch begins attempts, the other half ends those of the batch before. */
  private int beginAndEnd(List<String> teams, Random random, long sender) {
    List<ObjectNode> begun = List.of();
    for (int round = 0; round < ROUNDS; round++) {
      List<ObjectNode> batch = new ArrayList<>();
      for (ObjectNode each : begun) {
        batch.add(settled(each, each.path("attempt_id").hashCode() & 0xffff));
      }
      begun = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        begun.add(
            intent(teams.get(random.nextInt(teams.size())), "req_turn", Instant.now())
                .put("attempt_id", new UUID(sender << 32 | round, i | Long.MIN_VALUE).toString()));
      }
      // Some batches only begin.
      if (round % 3 == 0) {
        send(batch);
        batch = new ArrayList<>();
      }
      batch.addAll(begun);
      Collections.shuffle(batch, random);
      send(batch);
    }
    return ROUNDS;
  }

  private int lease(List<String> teams) {
    for (int round = 0; round < ROUNDS; round++) {
      String team = teams.get(round % teams.size());
      ObjectNode demand =
          RunningCostService.JSON
              .createObjectNode()
              .put("holder", "turn")
              .put("life", "life")
              .put("team", team)
              .put("key", "k_1")
              .put("cheapest", false)
              .put("need_nanos", 10)
              .put("wanted_nanos", 10)
              .put("returned_nanos", 0);
      HttpResponse<String> answer =
          service.ask("PUT", "/v1/leases/" + UUID.randomUUID(), demand.toString(), team, "caller");
      assertEquals(200, answer.statusCode(), answer.body());
    }
    return ROUNDS;
  }

  private void limit(String team, int usd) {
    HttpResponse<String> answer =
        service.ask(
            "PUT", "/v1/budgets/team:" + team, "{\"limit_usd\":" + usd + "}", team, "admin");
    assertEquals(200, answer.statusCode(), answer.body());
  }

  private void send(List<ObjectNode> batch) {
    if (!batch.isEmpty()) {
      HttpResponse<String> answer = service.post(batch);
      assertEquals(200, answer.statusCode(), answer.body());
      assertEquals(0, tree(answer).path("rejected").size(), answer.body());
    }
  }

  private long statistic(String name) throws SQLException {
    return sql("select " + name + " from pg_stat_database where datname = current_database()");
  }

  private long sql(String query) throws SQLException {
    try (var connection = service.database().connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      assertTrue(rows.next(), query);
      return rows.getLong(1);
    }
  }
}
