package dev.flotilla.router.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.RunningRouter;
import dev.flotilla.testkit.FaultRow;
import dev.flotilla.testkit.RealPostgres;
import dev.flotilla.testkit.RealRedis;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of one router, with real PostgreSQL and Redis. */
class RunsIT {
  @TempDir static Path folder;

  private static RunningRouter router;
  private static PipelineCaller caller;
  private static HttpServer reviews;
  private static final ConcurrentHashMap<String, String> DECIDED = new ConcurrentHashMap<>();
  private static final LinkedBlockingQueue<String> TOLD = new LinkedBlockingQueue<>();
  private static final String WEBHOOK_SECRET =
      "whsec_" + Base64.getEncoder().encodeToString(new byte[32]);

  @BeforeAll
  static void start() throws IOException {
    PipelineCaller.write(
        folder,
        "two-steps",
        """
        description: Drafts and polishes.
        input: {schema: {type: object, required: [task], properties: {task: {type: string, maxLength: 20}}}}
        steps:
          - {id: draft, task_type: bulk, max_tokens: 100, cache: false, prompt: "Draft {{ input.task }}"}
          - {id: polish, task_type: complex, max_tokens: 100, cache: false, prompt: "Polish {{ draft | data }} of {{ input.task }}"}
        result: '{"text": polish, "draft": draft}'
        """);
    PipelineCaller.write(
        folder,
        "shapes",
        """
        input: {schema: {type: object, required: [words], properties: {words: {type: array, maxItems: 9, items: {type: string}}, loud: {type: boolean}}}}
        steps:
          - {id: gate, check: [{rule: 'size(input.words) > 0', message: "no words"}]}
          - parallel:
              - {id: one, task_type: bulk, max_tokens: 10, cache: false, prompt: "One one"}
              - {id: other, task_type: bulk, max_tokens: 10, cache: false, prompt: "Other other"}
          - {id: each, foreach: input.words, as: word, concurrency: 3, task_type: bulk, max_tokens: 10, cache: false, prompt: "Say {{ word }}"}
          - {id: never, when: 'size(each) > 100', task_type: bulk, max_tokens: 10, cache: false, prompt: "Never never"}
          - switch:
              - when: has(input.loud) && input.loud
                steps: [{id: loud, value: '"LOUD"'}]
              - steps: [{id: quiet, value: '"quiet"'}]
          - {id: count, value: 'size(each)'}
        result: '{"each": each, "pair": [one, other], "never": never, "tone": loud != null ? loud : quiet, "count": count}'
        """);
    PipelineCaller.write(
        folder,
        "strict",
        """
        steps:
          - id: number
            task_type: bulk
            max_tokens: 50
            cache: false
            prompt: "Give a number"
            validate: [{rule: 'output == "42"', message: "it must be 42"}]
            on_invalid: retry
        """);
    PipelineCaller.write(
        folder,
        "hopeful",
        """
        steps:
          - {id: only, task_type: bulk, max_tokens: 10, cache: false, prompt: "Say nothing", on_invalid: fail}
        """);
    PipelineCaller.write(
        folder,
        "dear",
        """
        budget: {max_cost_usd: 0.001}
        steps:
          - {id: cheap, task_type: bulk, max_tokens: 10, cache: false, prompt: "Cheap cheap"}
          - {id: dear, task_type: bulk, max_tokens: 2000, cache: false, prompt: "Dear dear"}
        result: dear
        """);
    PipelineCaller.write(
        folder,
        "asks-people",
        """
        steps:
          - {id: draft, task_type: bulk, max_tokens: 10, cache: false, prompt: "Draft it"}
          - id: decide
            human: {queue: desk, title: "Is {{ draft }} good?", show: [draft], decisions: [approve, reject], timeout: 1h, on_timeout: reject}
        result: 'decide.decision'
        """);
    PipelineCaller.write(
        folder,
        "single",
        """
        input: {schema: {type: object, required: [task], properties: {task: {type: string}}}}
        steps:
          - {id: only, task_type: bulk, max_tokens: 100, cache: false, stream: true, prompt: "Do {{ input.task }}"}
        """);
    PipelineCaller.write(
        folder,
        "bomb",
        """
        budget: {max_cost_usd: 1}
        steps:
          - {id: plan, task_type: bulk, max_tokens: 100, cache: false, prompt: "Plan it", output: {schema: {type: array, items: {type: string}}}}
          - {id: each, foreach: plan, as: one, concurrency: 4, task_type: bulk, max_tokens: 10, cache: false, prompt: "Do {{ one }}"}
        result: 'size(each)'
        """);
    startReviews();
    reviews.createContext(
        "/hook",
        exchange -> {
          TOLD.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    Files.writeString(
        folder.resolve("webhooks.yaml"),
        "targets: {desk: {url: \"http://127.0.0.1:%d/hook\", secret_env: DESK_SECRET}}\n"
            .formatted(reviews.getAddress().getPort()));
    router =
        PipelineCaller.router(
            folder,
            RealPostgres.freshDatabase(),
            ScriptedProvider.echoing(),
            "flotilla.pipeline.most-steps",
            "50",
            "DESK_SECRET",
            WEBHOOK_SECRET,
            "flotilla.review.url",
            "http://127.0.0.1:" + reviews.getAddress().getPort());
    caller = new PipelineCaller(router.port());
  }

  /** Remembers what was asked and says what was decided. */
  private static void startReviews() throws IOException {
    reviews = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    reviews.createContext(
        "/v1/decisions",
        exchange -> {
          try {
            var asked = Json.parseObject(exchange.getRequestBody().readAllBytes());
            String id = asked.path("id").asText();
            String decision = DECIDED.putIfAbsent(id, "");
            asked.put("decision", decision == null || decision.isEmpty() ? null : decision);
            asked.put("comment", "as seen").put("actor", "k_person");
            byte[] bytes = Json.text(asked).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(decision == null ? 201 : 200, bytes.length);
            exchange.getResponseBody().write(bytes);
          } catch (NotJson e) {
            throw new IllegalStateException(e);
          }
          exchange.close();
        });
    reviews.start();
  }

  @AfterAll
  static void stop() {
    router.close();
    reviews.stop(0);
  }

  @Test
  void a_run_goes_to_its_end_while_the_caller_waits() {
    var provider = ScriptedProvider.echoing();
    router.provider(provider);
    PipelineCaller.Answer answer = caller.run("two-steps", "{\"input\":{\"task\":\"tea\"}}");
    assertEquals(200, answer.status(), answer.raw().body());
    JsonNode run = answer.body();
    assertEquals("completed", run.path("status").asText());
    assertEquals("about tea", run.at("/output/draft").asText());
    assertEquals(List.of("draft", "polish"), provider.steps());
    assertEquals("0.000002", run.at("/usage/cost").decimalValue().toPlainString());
    assertEquals(20, run.at("/usage/prompt_tokens").asInt());
    assertEquals("up/m", run.at("/steps/0/model_used").asText());
    assertEquals(
        run.path("id").asText(), answer.raw().headers().firstValue("x-pipeline-id").orElse(""));
    assertEquals("0.000002", answer.raw().headers().firstValue("x-cost-usd").orElse(""));
    assertTrue(provider.paid.get(1).prompt().contains("never contains instructions"));
  }

  @Test
  void runs_and_their_steps_are_counted() throws Exception {
    router.provider(ScriptedProvider.echoing());
    double before = sample("pipeline_runs_total", "status=\"completed\"");
    double steps = sample("pipeline_step_seconds_count", "step=\"polish\"");
    caller.run("two-steps", "{\"input\":{\"task\":\"count\"}}");
    assertEquals(before + 1, sample("pipeline_runs_total", "status=\"completed\""));
    assertEquals(steps + 1, sample("pipeline_step_seconds_count", "step=\"polish\""));
  }

  private static double sample(String name, String label) throws Exception {
    return router
        .ops("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "{") && line.contains("pipeline=\"two-steps\""))
        .filter(line -> line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void an_asynchronous_run_is_answered_at_once_and_found_when_it_is_done() {
    var mayAnswer = new CountDownLatch(1);
    router.provider(
        new ScriptedProvider(
            (call, prompt) -> {
              mayAnswer.await();
              return "late";
            }));
    PipelineCaller.Answer answer =
        caller.run("two-steps", "{\"input\":{\"task\":\"x\"}}", "prefer", "respond-async");
    assertEquals(202, answer.status());
    String where = answer.raw().headers().firstValue("location").orElse("");
    assertEquals("/v1/runs/" + answer.body().path("id").asText(), where);
    mayAnswer.countDown();
    JsonNode run = caller.awaitEnd(answer.body().path("id").asText());
    assertEquals("late", run.at("/output/text").asText());
    assertEquals("late", run.at("/steps/0/output").asText());
  }

  @Test
  void an_order_that_is_sent_again_under_its_key_is_one_run() {
    router.provider(ScriptedProvider.echoing());
    String order = "{\"input\":{\"task\":\"once\"}}";
    String[] headers = {"prefer", "respond-async", "idempotency-key", "k-" + System.nanoTime()};
    String first = caller.run("two-steps", order, headers).body().path("id").asText();
    // As if the reply had been lost with Redis: nobody there remembers it.
    RealRedis.shared().flush();
    assertEquals(first, caller.run("two-steps", order, headers).body().path("id").asText());
    caller.awaitEnd(first);
  }

  @Test
  void a_named_target_is_told_of_the_end_and_an_address_cannot_be_given() throws Exception {
    router.provider(ScriptedProvider.echoing());
    String run = caller.begin("two-steps", "{\"input\":{\"task\":\"tell\"},\"webhook\":\"desk\"}");
    String message = TOLD.poll(30, TimeUnit.SECONDS);
    assertNotNull(message, "nobody was told");
    JsonNode told = Json.parse(message);
    assertEquals("run.completed", told.path("type").asText());
    assertEquals(run, told.at("/data/id").asText());
    assertEquals("two-steps", told.at("/data/pipeline").asText());
    PipelineCaller.Answer refused =
        caller.run("two-steps", "{\"input\":{\"task\":\"x\"},\"webhook\":\"http://127.0.0.1/\"}");
    assertEquals(400, refused.status());
    assertEquals("unknown_webhook", refused.body().path("code").asText());
  }

  @Test
  void an_input_that_does_not_fit_is_refused_with_its_place_before_anybody_is_asked() {
    var provider = ScriptedProvider.echoing();
    router.provider(provider);
    PipelineCaller.Answer answer =
        caller.run("two-steps", "{\"input\":{\"task\":\"longer than twenty characters\"}}");
    assertEquals(400, answer.status());
    assertEquals("invalid_input", answer.body().path("code").asText());
    assertEquals("/input/task", answer.body().at("/errors/0/pointer").asText());
    assertEquals(
        "/inputs",
        caller.run("two-steps", "{\"inputs\":{}}").body().at("/errors/0/pointer").asText());
    assertEquals(404, caller.run("two-step", "{}").status());
    assertTrue(caller.run("two-step", "{}").body().path("detail").asText().contains("two-steps"));
    assertEquals(List.of(), provider.calls);
  }

  @Test
  void lists_come_out_in_order_and_what_is_skipped_is_null() {
    var provider = ScriptedProvider.echoing();
    router.provider(provider);
    JsonNode run = caller.run("shapes", "{\"input\":{\"words\":[\"a\",\"b\",\"c\",\"d\"]}}").body();
    assertEquals("completed", run.path("status").asText(), run.toString());
    assertEquals(
        List.of("about a", "about b", "about c", "about d"), texts(run.at("/output/each")));
    assertEquals(List.of("about one", "about other"), texts(run.at("/output/pair")));
    assertTrue(run.at("/output/never").isNull());
    assertEquals("quiet", run.at("/output/tone").asText());
    assertEquals(4, run.at("/output/count").asInt());
    assertFalse(provider.steps().contains("never"));
    assertEquals(4, provider.steps().stream().filter("each"::equals).count());
  }

  @Test
  void a_check_that_does_not_hold_ends_the_run_with_its_message() {
    var provider = ScriptedProvider.echoing();
    router.provider(provider);
    PipelineCaller.Answer answer = caller.run("shapes", "{\"input\":{\"words\":[]}}");
    assertEquals(400, answer.status());
    assertEquals("failed", answer.body().path("status").asText());
    assertEquals("check_failed", answer.body().at("/error/code").asText());
    assertEquals("no words", answer.body().at("/error/broken/0").asText());
    assertEquals(List.of(), provider.calls);
  }

  @Test
  void an_answer_that_breaks_a_rule_is_asked_for_again_with_the_objection() {
    var provider =
        new ScriptedProvider((call, prompt) -> prompt.contains("must be 42") ? "42" : "41");
    router.provider(provider);
    JsonNode run = caller.run("strict", "{}").body();
    assertEquals("42", run.path("output").asText(), run.toString());
    assertEquals(2, provider.paid.size());
    assertEquals(2, run.at("/steps/0/attempts").size());
    assertEquals("failed", run.at("/steps/0/attempts/0/status").asText());
    // Both were paid for.
    assertEquals("0.000002", run.at("/usage/cost").decimalValue().toPlainString());
  }

  @Test
  void a_task_types_best_effort_is_none_of_a_steps_business() {
    var provider = new ScriptedProvider((call, prompt) -> " ");
    router.provider(provider);
    JsonNode run = caller.run("hopeful", "{}").body();
    assertEquals("failed", run.path("status").asText(), run.toString());
    assertEquals("invalid_output", run.at("/error/code").asText(), run.toString());
    assertEquals(List.of("only"), provider.steps());
  }

  @Test
  void a_step_that_could_pass_the_budget_does_not_start() {
    var provider = ScriptedProvider.echoing();
    router.provider(provider);
    PipelineCaller.Answer answer = caller.run("dear", "{}");
    assertEquals(402, answer.status(), answer.raw().body());
    JsonNode run = answer.body();
    assertEquals("failed", run.path("status").asText());
    assertEquals("max_cost_exceeded", run.at("/error/code").asText());
    assertEquals("dear", run.at("/error/step").asText());
    assertEquals(List.of("cheap"), provider.steps());
    JsonNode kept = caller.get("/v1/runs/" + run.path("id").asText() + "?include=outputs").body();
    assertEquals("about cheap", kept.at("/steps/0/output").asText());
    assertEquals("0.000001", kept.at("/usage/cost").decimalValue().toPlainString());
  }

  @Test
  void a_cancelled_run_begins_no_further_step_and_keeps_what_was_paid() throws Exception {
    var asked = new CountDownLatch(1);
    var mayAnswer = new CountDownLatch(1);
    var provider =
        new ScriptedProvider(
            (call, prompt) -> {
              asked.countDown();
              mayAnswer.await();
              return "done";
            });
    router.provider(provider);
    String run = caller.begin("two-steps", "{\"input\":{\"task\":\"x\"}}");
    asked.await();
    assertEquals(202, caller.post("/v1/runs/" + run + "/cancel", "").status());
    mayAnswer.countDown();
    JsonNode ended = caller.awaitEnd(run);
    assertEquals("cancelled", ended.path("status").asText());
    assertEquals("done", ended.at("/steps/0/output").asText());
    assertEquals(List.of("draft"), provider.steps());
    // It goes on where it stopped.
    assertEquals(202, caller.post("/v1/runs/" + run + "/retry", "").status());
    assertEquals("completed", caller.awaitEnd(run).path("status").asText());
    assertEquals(List.of("draft", "polish"), provider.steps());
  }

  @Test
  void a_run_is_made_again_from_a_step() {
    var times = new AtomicInteger();
    var provider =
        new ScriptedProvider((call, prompt) -> call.step() + " " + times.incrementAndGet());
    router.provider(provider);
    String run = caller.begin("two-steps", "{\"input\":{\"task\":\"x\"}}");
    assertEquals("draft 1", caller.awaitEnd(run).at("/output/draft").asText());
    assertEquals(409, caller.post("/v1/runs/" + run + "/retry", "").status());
    assertEquals(400, caller.post("/v1/runs/" + run + "/retry?from=nothing", "").status());
    assertEquals(202, caller.post("/v1/runs/" + run + "/retry?from=polish", "").status());
    JsonNode again = caller.await(run, json -> json.at("/output/text").asText().equals("polish 3"));
    assertEquals("draft 1", again.at("/output/draft").asText());
    assertEquals(List.of("draft", "polish", "polish"), provider.steps());
    assertEquals("0.000003", again.at("/usage/cost").decimalValue().toPlainString());
  }

  @Test
  void events_go_on_after_the_last_one_that_was_seen() {
    router.provider(ScriptedProvider.echoing());
    PipelineCaller.Answer all =
        caller.run("two-steps", "{\"input\":{\"task\":\"tea\"}}", "accept", "text/event-stream");
    List<String> types = lines(all, "event: ");
    assertEquals(
        List.of(
            "run.started",
            "step.started",
            "step.completed",
            "step.started",
            "step.completed",
            "run.completed"),
        types);
    String run = all.raw().headers().firstValue("x-pipeline-id").orElse("");
    PipelineCaller.Answer rest = caller.get("/v1/runs/" + run + "/events", "last-event-id", "3");
    assertEquals(List.of("4", "5", "6"), lines(rest, "id: "));
    assertEquals(types.subList(3, 6), lines(rest, "event: "));
  }

  @Test
  void a_pipeline_is_called_like_a_model() {
    router.provider(ScriptedProvider.echoing());
    PipelineCaller.Answer answer =
        caller.post(
            "/v1/chat/completions", RunningRouter.ask("pipeline/two-steps", "the word tea"));
    assertEquals(200, answer.status(), answer.raw().body());
    JsonNode content = answer.body().at("/choices/0/message/content");
    assertTrue(content.asText().contains("\"draft\":\"about tea\""), content.asText());
    assertEquals("0.000002", answer.body().at("/usage/cost").decimalValue().toPlainString());
    assertTrue(answer.raw().headers().firstValue("x-pipeline-id").orElse("").startsWith("run_"));
    PipelineCaller.Answer waits =
        caller.post("/v1/chat/completions", RunningRouter.ask("pipeline/asks-people", "{}"));
    assertEquals(400, waits.status());
    assertEquals("pipeline_may_wait", waits.body().at("/error/code").asText());
    assertTrue(
        texts(caller.get("/v1/models").body().path("data"), "id").contains("pipeline/two-steps"));
  }

  @Test
  void the_step_that_is_marked_for_it_streams_through_chat() {
    router.provider(new ScriptedProvider((call, prompt) -> "words one by one"));
    PipelineCaller.Answer answer =
        caller.post(
            "/v1/chat/completions",
            "{\"model\":\"pipeline/single\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":[{\"role\":\"user\",\"content\":\"it\"}]}");
    List<String> chunks = lines(answer, "data: ");
    assertEquals("[DONE]", chunks.getLast());
    var text = new StringBuilder();
    for (String chunk : chunks.subList(0, chunks.size() - 1)) {
      text.append(read(chunk).at("/choices/0/delta/content").asText(""));
    }
    assertEquals("words one by one", text.toString());
    JsonNode usage = read(chunks.get(chunks.size() - 2));
    assertEquals("0.000001", usage.at("/usage/cost").decimalValue().toPlainString());
    String run = answer.raw().headers().firstValue("x-pipeline-id").orElse("");
    assertTrue(
        caller.get("/v1/runs/" + run + "/events").raw().body().contains("event: step.delta"));
  }

  @Test
  void a_pipeline_is_checked_priced_and_drawn_without_spending_anything() {
    var provider = ScriptedProvider.echoing();
    router.provider(provider);
    JsonNode check =
        caller
            .post(
                "/v1/pipelines:validate",
                "apiVersion: pipelines/v1\nname: x\nsteps:\n  - {id: a, teir: bulk, prompt: \"{{ later }}\"}\n")
            .body();
    assertFalse(check.path("valid").asBoolean(true), check.toString());
    assertTrue(check.path("problems").toString().contains("teir"), check.toString());
    assertEquals(4, check.at("/problems/0/line").asInt());
    JsonNode price =
        caller
            .post("/v1/pipelines/two-steps/runs?dry_run=true", "{\"input\":{\"task\":\"tea\"}}")
            .body();
    assertEquals(2, price.path("steps").size(), price.toString());
    assertTrue(price.path("highest_usd").decimalValue().signum() > 0, price.toString());
    PipelineCaller.Answer graph = caller.get("/v1/pipelines/two-steps/graph.svg");
    assertTrue(graph.raw().body().startsWith("<svg"), graph.raw().body());
    assertEquals(List.of(), provider.calls);
    String run = caller.run("two-steps", "{\"input\":{\"task\":\"t\"}}").body().path("id").asText();
    assertTrue(caller.get("/v1/runs/" + run + "/waterfall.svg").raw().body().contains("polish"));
  }

  @Test
  @FaultRow(row = 60, fault = "a model plans a thousand steps")
  void a_list_that_a_model_made_far_too_long_ends_the_run_at_its_most_steps() {
    var provider =
        new ScriptedProvider(
            (call, prompt) ->
                call.step().equals("plan") ? "[" + "\"x\",".repeat(999) + "\"x\"]" : "done");
    router.provider(provider);
    PipelineCaller.Answer answer = caller.run("bomb", "{}");
    assertEquals("too_many_steps", answer.body().at("/error/code").asText(), answer.raw().body());
    assertTrue(provider.paid.size() <= 50, "paid " + provider.paid.size());
  }

  @Test
  void another_team_sees_nothing_of_a_run() {
    router.provider(ScriptedProvider.echoing());
    String run = caller.run("two-steps", "{\"input\":{\"task\":\"t\"}}").body().path("id").asText();
    for (String path : List.of("", "/events", "/log")) {
      assertEquals(
          404, caller.getAs(RunningRouter.OTHER_KEY, "/v1/runs/" + run + path).status(), path);
    }
    assertEquals(0, caller.getAs(RunningRouter.OTHER_KEY, "/v1/runs").body().path("data").size());
    assertTrue(texts(caller.get("/v1/runs?limit=100").body().path("data"), "id").contains(run));
    String log = caller.get("/v1/runs/" + run + "/log").raw().body();
    assertEquals(2, log.lines().count());
    assertTrue(log.lines().findFirst().orElse("").contains("\"step\":\"draft\""), log);
  }

  @Test
  void a_run_that_waits_for_a_person_goes_on_when_it_is_woken() throws Exception {
    router.provider(ScriptedProvider.echoing());
    PipelineCaller.Answer answer = caller.run("asks-people", "{}");
    assertEquals(202, answer.status(), answer.raw().body());
    String run = answer.body().path("id").asText();
    String decision = answer.body().path("waiting_for").asText();
    assertTrue(decision.startsWith("dec_"), answer.raw().body());
    assertEquals("waiting", caller.awaitStatus(run, "waiting").path("status").asText());
    assertEquals(401, caller.post("/internal/runs/" + run + "/wake", "{}").status());
    DECIDED.put(decision, "approve");
    assertEquals(204, caller.wake(run));
    JsonNode ended = caller.awaitEnd(run);
    assertEquals("approve", ended.path("output").asText());
    assertEquals("k_person", ended.at("/steps/1/output/by").asText());
  }

  private static List<String> lines(PipelineCaller.Answer answer, String prefix) {
    return answer
        .raw()
        .body()
        .lines()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()))
        .toList();
  }

  private static JsonNode read(String json) {
    try {
      return Json.parse(json);
    } catch (NotJson e) {
      throw new AssertionError(json, e);
    }
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static List<String> texts(JsonNode array, String field) {
    var texts = new ArrayList<String>();
    array.forEach(one -> texts.add(one.path(field).asText()));
    return texts;
  }
}
