package dev.flotilla.router.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.router.RunningRouter;
import dev.flotilla.testkit.RealPostgres;
import dev.flotilla.testkit.TcpGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of runs when a router, or its database, is gone. */
class RunsSurviveIT {
  private static final String FIVE =
      """
      input: {schema: {type: object, required: [words], properties: {words: {type: array, maxItems: 9, items: {type: string}}}}}
      steps:
        - {id: first, task_type: bulk, max_tokens: 20, cache: false, prompt: "First first"}
        - {id: each, foreach: input.words, as: word, concurrency: 2, task_type: bulk, max_tokens: 20, cache: false, prompt: "Say {{ word }}"}
        - {id: last, task_type: bulk, max_tokens: 20, cache: false, prompt: "Last {{ each | join(' ') }}"}
      result: '[first, each, last]'
      """;

  @TempDir Path folder;

  @Test
  void another_router_goes_on_with_the_runs_of_one_that_was_killed_and_nothing_is_paid_twice()
      throws Exception {
    PipelineCaller.write(folder.resolve("a"), "five", FIVE);
    PipelineCaller.write(folder.resolve("b"), "five", FIVE);
    var database = RealPostgres.freshDatabase();
    var inTheMiddle = new CountDownLatch(2);
    var never = new CountDownLatch(1);
    Set<String> lost = ConcurrentHashMap.newKeySet();
    var provider =
        new ScriptedProvider(
            (call, prompt) -> {
              if (call.step().equals("each") && inTheMiddle.getCount() > 0) {
                inTheMiddle.countDown();
                lost.add(call.key());
                // The answer is paid for and nobody is there to get it.
                if (never.await(2, TimeUnit.SECONDS)) {
                  throw new IllegalStateException("never happens");
                }
              }
              return call.step() + " " + prompt.substring(prompt.lastIndexOf(' ') + 1);
            });
    String run;
    try (RunningRouter one = PipelineCaller.router(folder.resolve("a"), database, provider)) {
      run =
          new PipelineCaller(one.port())
              .begin("five", "{\"input\":{\"words\":[\"a\",\"b\",\"c\",\"d\"]}}");
      inTheMiddle.await();
      one.kill();
    }
    try (RunningRouter other = PipelineCaller.router(folder.resolve("b"), database, provider)) {
      JsonNode ended = new PipelineCaller(other.port()).awaitEnd(run);
      assertEquals("completed", ended.path("status").asText(), ended.toString());
      assertEquals(
          "[\"first first\",[\"each a\",\"each b\",\"each c\",\"each d\"],\"last d\"]",
          ended.path("output").toString());
      // Steps that were done were not made again, and those in flight show.
      assertEquals(1, provider.steps().stream().filter("first"::equals).count());
      long unknown =
          StreamSupport.stream(ended.path("steps").spliterator(), false)
              .flatMap(step -> StreamSupport.stream(step.path("attempts").spliterator(), false))
              .filter(attempt -> attempt.path("status").asText().equals("unknown"))
              .count();
      assertEquals(2, unknown);
      assertEquals(2, lost.size());
      // What was in flight was asked for again under the same key, which is what pays once.
      Set<String> keys =
          provider.calls.stream().map(ScriptedProvider.Call::key).collect(Collectors.toSet());
      assertEquals(6, keys.size(), keys.toString());
    }
  }

  @Test
  void a_runner_that_was_taken_for_dead_begins_no_step_any_more() throws Exception {
    PipelineCaller.write(
        folder,
        "fenced",
        """
        steps:
          - {id: one, task_type: bulk, max_tokens: 20, cache: false, prompt: "One one"}
          - {id: two, task_type: bulk, max_tokens: 20, cache: false, prompt: "Two two"}
        """);
    var asked = new CountDownLatch(1);
    var mayAnswer = new CountDownLatch(1);
    var provider = echo(asked, mayAnswer);
    var database = RealPostgres.freshDatabase();
    try (RunningRouter one = PipelineCaller.router(folder, database, provider);
        Connection connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password())) {
      var caller = new PipelineCaller(one.port());
      String run = caller.begin("fenced", "{}");
      asked.await();
      // What becomes of a run that somebody else takes up, while its first runner still lives.
      long taken =
          number(
              connection,
              "update router.scheduled_tasks set version = version + 100 where task_instance = ? returning version",
              run);
      mayAnswer.countDown();
      assertEquals("completed", caller.awaitEnd(run).path("status").asText());
      long began =
          number(
              connection,
              "select min(lease) from router.step_attempt where step_key = 'two' and run_id = ?",
              run);
      assertTrue(began > taken, began + " began the second step, after " + taken);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void of_two_runners_that_made_a_step_one_is_done_whoever_ends_last(boolean stalledFirst)
      throws Exception {
    PipelineCaller.write(
        folder,
        "stalled",
        """
        steps:
          - {id: one, task_type: bulk, max_tokens: 20, cache: false, prompt: "One one"}
          - {id: two, task_type: bulk, max_tokens: 20, cache: false, prompt: "Two two"}
        """);
    var asked = List.of(new CountDownLatch(1), new CountDownLatch(1));
    var mayAnswer = List.of(new CountDownLatch(1), new CountDownLatch(1), new CountDownLatch(1));
    var calls = new AtomicInteger();
    var provider =
        new ScriptedProvider(
            (call, prompt) -> {
              int number = call.step().equals("one") ? calls.getAndIncrement() : 2;
              if (number < 2) {
                asked.get(number).countDown();
              }
              mayAnswer.get(number).await();
              return prompt + " " + number;
            });
    var database = RealPostgres.freshDatabase();
    try (RunningRouter router = PipelineCaller.router(folder, database, provider);
        Connection connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password())) {
      var caller = new PipelineCaller(router.port());
      String run = caller.begin("stalled", "{}");
      asked.getFirst().await();
      // As after four missing heartbeats.
      number(
          connection,
          "update router.scheduled_tasks set version = version + 1, picked = false, picked_by = null, execution_time = now() where task_instance = ? returning version",
          run);
      asked.getLast().await();
      mayAnswer.get(stalledFirst ? 0 : 1).countDown();
      awaitState(connection, run, stalledFirst ? 1 : 2, "done");
      mayAnswer.get(stalledFirst ? 1 : 0).countDown();
      awaitState(connection, run, 1, "superseded");
      awaitState(connection, run, 2, "done");
      mayAnswer.getLast().countDown();
      JsonNode ended = caller.awaitEnd(run);
      assertEquals("completed", ended.path("status").asText(), ended.toString());
      List<String> attempts =
          StreamSupport.stream(ended.path("steps").path(0).path("attempts").spliterator(), false)
              .map(a -> a.path("status").asText())
              .toList();
      assertEquals(List.of("superseded", "completed"), attempts);
      assertEquals(
          1,
          provider.calls.stream()
              .filter(call -> call.step().equals("one"))
              .map(ScriptedProvider.Call::key)
              .distinct()
              .count());
    }
  }

  private static void awaitState(Connection connection, String run, int attempt, String state)
      throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (number(
            connection,
            "select count(*) from router.step_attempt where run_id = ? and step_key = 'one' and attempt = "
                + attempt
                + " and state = '"
                + state
                + "'",
            run)
        == 0) {
      assertTrue(System.nanoTime() < end, "try " + attempt + " is not " + state);
      Thread.sleep(20);
    }
  }

  /** Says that it was asked, and answers with the prompt once it may. */
  private static ScriptedProvider echo(CountDownLatch asked, CountDownLatch mayAnswer) {
    return new ScriptedProvider(
        (call, prompt) -> {
          asked.countDown();
          mayAnswer.await();
          return prompt;
        });
  }

  private static long number(Connection connection, String sql, String run) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setString(1, run);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  @Test
  void a_run_ends_as_its_pipeline_was_when_it_began() throws Exception {
    Path file =
        PipelineCaller.write(
            folder,
            "changing",
            """
            steps:
              - {id: one, task_type: bulk, max_tokens: 20, cache: false, prompt: "One old"}
              - {id: two, task_type: bulk, max_tokens: 20, cache: false, prompt: "Two old"}
            """);
    var asked = new CountDownLatch(1);
    var mayAnswer = new CountDownLatch(1);
    var provider = echo(asked, mayAnswer);
    var database = RealPostgres.freshDatabase();
    String run;
    try (RunningRouter one = PipelineCaller.router(folder, database, provider)) {
      run = new PipelineCaller(one.port()).begin("changing", "{}");
      asked.await();
      Files.writeString(file, Files.readString(file).replace("old", "new"));
      one.kill();
    }
    mayAnswer.countDown();
    try (RunningRouter other = PipelineCaller.router(folder, database, provider)) {
      var caller = new PipelineCaller(other.port());
      assertEquals("Two old", caller.awaitEnd(run).path("output").asText());
      assertEquals("Two new", caller.run("changing", "{}").body().path("output").asText());
    }
  }

  @Test
  void a_step_that_must_not_be_made_twice_ends_its_run_when_its_runner_was_lost() throws Exception {
    PipelineCaller.write(
        folder,
        "careful",
        """
        steps:
          - {id: before, task_type: bulk, max_tokens: 20, cache: false, prompt: "Before before"}
          - {id: once, task_type: bulk, max_tokens: 20, cache: false, on_unknown: fail, prompt: "Once once"}
        """);
    var database = RealPostgres.freshDatabase();
    var asked = new CountDownLatch(1);
    var mayAnswer = new CountDownLatch(1);
    var provider =
        new ScriptedProvider(
            (call, prompt) -> {
              if (call.step().equals("once")) {
                asked.countDown();
                mayAnswer.await();
              }
              return "fine";
            });
    String run;
    try (RunningRouter one = PipelineCaller.router(folder, database, provider)) {
      run = new PipelineCaller(one.port()).begin("careful", "{}");
      asked.await();
      one.kill();
    }
    mayAnswer.countDown();
    try (RunningRouter other = PipelineCaller.router(folder, database, provider)) {
      JsonNode ended = new PipelineCaller(other.port()).awaitEnd(run);
      assertEquals("failed", ended.path("status").asText(), ended.toString());
      assertEquals("unknown_outcome", ended.at("/error/code").asText());
      assertEquals("once", ended.at("/error/step").asText());
      assertEquals("fine", ended.at("/steps/0/output").asText());
      assertEquals(1, provider.calls.stream().filter(call -> call.step().equals("once")).count());
    }
  }

  @Test
  void without_a_database_chat_works_and_runs_say_what_to_set() throws IOException {
    PipelineCaller.write(folder, "five", FIVE);
    try (var router = new RunningRouter(folder, List.of(), Map.of())) {
      router.provider(ScriptedProvider.echoing());
      var caller = new PipelineCaller(router.port());
      PipelineCaller.Answer refused = caller.run("five", "{\"input\":{\"words\":[]}}");
      assertEquals(503, refused.status());
      assertTrue(refused.raw().body().contains("FLOTILLA_POSTGRES_URL"), refused.raw().body());
      assertEquals(200, caller.get("/v1/pipelines/five").status());
      assertEquals(
          200,
          caller.post("/v1/chat/completions", RunningRouter.ask("auto", "the word tea")).status());
    }
  }

  @Test
  void while_the_database_is_away_chat_works_and_a_run_goes_on_when_it_is_back() throws Exception {
    PipelineCaller.write(folder, "five", FIVE);
    var database = RealPostgres.freshDatabase();
    var asked = new CountDownLatch(1);
    var mayAnswer = new CountDownLatch(1);
    var provider =
        new ScriptedProvider(
            (call, prompt) -> {
              if (call.step().equals("first")) {
                asked.countDown();
                mayAnswer.await();
              }
              return "fine";
            });
    try (var gate = TcpGate.to(database.host(), database.port());
        RunningRouter router =
            PipelineCaller.router(folder, database.through(gate.port()), provider)) {
      var caller = new PipelineCaller(router.port());
      String run = caller.begin("five", "{\"input\":{\"words\":[\"a\"]}}");
      asked.await();
      gate.shut();
      assertEquals(503, caller.get("/v1/runs/" + run).status());
      assertEquals(
          200,
          caller.post("/v1/chat/completions", RunningRouter.ask("auto", "the word tea")).status());
      mayAnswer.countDown();
      gate.open();
      assertEquals("completed", caller.awaitEnd(run).path("status").asText());
      assertEquals(1, provider.steps().stream().filter("first"::equals).count());
    }
  }
}
