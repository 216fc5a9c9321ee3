package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.REVIEWER_KEY;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.Service;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that wait for people cost nothing while they wait. */
class WaitingRunsIT {
  private static final int RUNS = 200;
  private static final int DECIDED_ONE_BY_ONE = 15;

  private static final String ASK =
      """
      apiVersion: pipelines/v1
      name: ask-a-person
      input: {schema: {type: object, required: [n], properties: {n: {type: integer}}}}
      steps:
        - id: person
          human: {queue: listings, title: "Is {{ input.n }} right?", show: [input], decisions: [approve, reject], timeout: 24h, on_timeout: reject}
      result: 'person.decision'
      """;

  /**
   * The latest statement of each connection that is about runs or their steps, and newer than that.
   */
  private static final String LOOKS =
      "select count(*) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()"
          + " and query_start > '%s' and query ~* '\\m(run|step_attempt)\\M'";

  private static final String BUSY =
      "select count(*) from pg_stat_activity where state <> 'idle' and pid <> pg_backend_pid()"
          + " and backend_type = 'client backend' and query ~* '\\m(run|step_attempt)\\M'";

  @Test
  void waiting_takes_no_thread_no_connection_and_no_query_and_a_decision_is_heard_at_once(
      @TempDir Path folder) throws Exception {
    Path pipelines = Files.createDirectories(folder.resolve("config/pipelines"));
    Files.writeString(pipelines.resolve("ask-a-person.yaml"), ASK);
    try (var fleet = FleetUnderTest.start(folder);
        var database = database(fleet)) {
      List<String> runs = begin(fleet);
      awaitSql(database, "select count(*) from router.run where status = 'waiting'", RUNS);
      awaitSql(
          database,
          "select count(*) from router.scheduled_tasks where task_name = 'run' and picked",
          0);
      assertEquals(List.of(), threadsWithRuns(fleet));
      assertEquals(0, sql(database, BUSY));
      assertNobodyLooks(database);
      long[] millis = new long[DECIDED_ONE_BY_ONE];
      for (int i = 0; i < DECIDED_ONE_BY_ONE; i++) {
        long start = System.nanoTime();
        assertEquals(200, decide(fleet, runs.get(i), "approve").statusCode());
        awaitRun(fleet, runs.get(i));
        millis[i] = (System.nanoTime() - start) / 1_000_000;
      }
      Arrays.sort(millis);
      System.out.println("from a decision to the end of its run, ms: " + Arrays.toString(millis));
      assertTrue(millis[DECIDED_ONE_BY_ONE / 2] < 1_000, Arrays.toString(millis));
      theFirstDecisionWins(fleet, runs.get(DECIDED_ONE_BY_ONE));
      awaitSql(
          database,
          "select count(*) from router.run where status = 'completed'",
          DECIDED_ONE_BY_ONE + 1);
    }
  }

  private static List<String> begin(FleetUnderTest fleet) {
    var ids = new ArrayList<String>();
    long end = System.nanoTime() + 30_000_000_000L;
    while (ids.size() < RUNS) {
      HttpResponse<String> answer =
          fleet.post(
              KEY,
              "/v1/pipelines/ask-a-person/runs?mode=async",
              "{\"input\":{\"n\":%d}}".formatted(ids.size()));
      // A router is ready before its tables are.
      if (answer.statusCode() != 503 || System.nanoTime() > end) {
        assertEquals(202, answer.statusCode(), answer.body());
        ids.add(json(answer.body()).path("id").asText());
      }
    }
    return ids;
  }

  private static void assertNobodyLooks(Connection database) throws Exception {
    String looks = LOOKS.formatted(Instant.now());
    long end = System.nanoTime() + 4_000_000_000L;
    while (System.nanoTime() < end) {
      assertEquals(0, sql(database, looks), "somebody looks at runs that wait");
      Thread.sleep(10);
    }
  }

  /** Stacks of the router's threads, virtual ones too, that are in the midst of a run. */
  private static List<String> threadsWithRuns(FleetUnderTest fleet) throws Exception {
    Path dump = Files.createTempDirectory("threads").resolve("threads.txt");
    var jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(fleet.fleet.pid(Service.ROUTER)),
                "Thread.dump_to_file",
                dump.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, jcmd.waitFor(), said);
    String all = Files.readString(dump);
    assertTrue(all.contains("dev.flotilla"), "no threads in " + dump);
    return Arrays.stream(all.split("\n\n"))
        .filter(thread -> thread.contains("dev.flotilla.router.pipeline"))
        .toList();
  }

  private static void theFirstDecisionWins(FleetUnderTest fleet, String run) {
    var one = CompletableFuture.supplyAsync(() -> decide(fleet, run, "approve"));
    var other = CompletableFuture.supplyAsync(() -> decide(fleet, run, "reject"));
    int first = one.join().statusCode();
    int second = other.join().statusCode();
    assertEquals(List.of(200, 409), List.of(Math.min(first, second), Math.max(first, second)));
    assertEquals(first == 200 ? "approve" : "reject", awaitRun(fleet, run).path("output").asText());
  }

  private static HttpResponse<String> decide(FleetUnderTest fleet, String run, String word) {
    String id = fleet.get(KEY, "/v1/runs/" + run).path("waiting_for").asText();
    assertFalse(id.isEmpty(), run);
    return fleet.post(
        REVIEWER_KEY, "/v1/decisions/" + id + "/decision", "{\"decision\":\"" + word + "\"}");
  }

  private static JsonNode awaitRun(FleetUnderTest fleet, String run) {
    long end = System.nanoTime() + 30_000_000_000L;
    JsonNode now = fleet.get(KEY, "/v1/runs/" + run);
    while (!now.path("ended_at").isTextual()) {
      assertTrue(System.nanoTime() < end, now.toString());
      now = fleet.get(KEY, "/v1/runs/" + run);
    }
    assertEquals("completed", now.path("status").asText(), now.toString());
    return now;
  }

  private static Connection database(FleetUnderTest fleet) throws SQLException {
    var facts = fleet.fleet.environment(Service.COST);
    return DriverManager.getConnection(
        facts.get("FLOTILLA_POSTGRES_URL"),
        facts.get("FLOTILLA_POSTGRES_USER"),
        facts.get("FLOTILLA_POSTGRES_PASSWORD"));
  }

  private static long sql(Connection database, String query) throws SQLException {
    try (var statement = database.createStatement();
        var rows = statement.executeQuery(query)) {
      assertTrue(rows.next(), query);
      return rows.getLong(1);
    }
  }

  private static void awaitSql(Connection database, String query, long expected) throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    long now = sql(database, query);
    while (now != expected) {
      assertTrue(System.nanoTime() < end, query + " is " + now + " and not " + expected);
      Thread.sleep(50);
      now = sql(database, query);
    }
  }
}
