package dev.flotilla.router.batch;

import static dev.flotilla.router.RunningRouter.KEY;
import static dev.flotilla.router.RunningRouter.OTHER_KEY;
import static dev.flotilla.router.RunningRouter.SLOW_KEY;
import static dev.flotilla.router.RunningRouter.VIEWER_KEY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.RunningRouter;
import dev.flotilla.testkit.RealPostgres;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches through the door of a router that is a process of its own. */
class BatchesIT {
  private static final RealPostgres.Access DATABASE = RealPostgres.freshDatabase();
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final BlockingQueue<String> TOLD = new LinkedBlockingQueue<>();

  private static final long COST_NANOS = 2_000;
  private static final long DEAR_NANOS = 50_000;

  @TempDir static Path folder;
  private static HttpServer receiver;
  private static RunningRouter router;

  @BeforeAll
  static void start() throws Exception {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    receiver.createContext(
        "/",
        call -> {
          TOLD.add(new String(call.getRequestBody().readAllBytes(), "UTF-8"));
          call.sendResponseHeaders(204, -1);
          call.close();
        });
    receiver.start();
    router = router("one", Map.of());
  }

  @AfterAll
  static void stop() {
    router.close();
    receiver.stop(0);
  }

  @BeforeEach
  void everybodyAnswers() {
    router.provider(BatchesIT::answer);
  }

  @Test
  void of_a_thousand_items_those_that_are_poisoned_fail_alone_and_say_what_and_where()
      throws Exception {
    ObjectNode batch = batch();
    ArrayNode requests = batch.putArray("requests");
    var poisoned = new TreeMap<String, String>();
    for (int i = 0; i < 1_000; i++) {
      String id = "item-" + i;
      ObjectNode item = requests.addObject().put("custom_id", id);
      if (i % 100 < 97) {
        item.set("body", chat("up/m", "Describe product " + i));
      } else if (i % 100 == 97) {
        item.putObject("body").put("model", "up/m");
        poisoned.put(id, "400 invalid_type messages");
      } else if (i % 100 == 98) {
        item.set("body", chat("up/nobody", "Describe product " + i));
        poisoned.put(id, "404 model_not_found model");
      } else {
        item.set("body", chat("up/m", "poison " + i));
        poisoned.put(id, "400 content_refused null");
      }
    }
    batch.put("concurrency", 32).putObject("metadata").put("sheet", "listings");
    Duration cpuBefore = router.cpu();
    long begun = System.nanoTime();
    String id = handIn(batch);
    var progress = new ArrayList<JsonNode>();
    JsonNode last;
    try (Stream<String> lines = router.lines("/v1/batches/" + id + "/events", KEY)) {
      last = events(lines, progress);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    Duration cpu = router.cpu().minus(cpuBefore);
    System.out.printf(
        "[batch] 1000 items, concurrency 32: %.1f items/s, %.2f ms CPU of the router per item%n",
        1_000e9 / took.toNanos(), cpu.toNanos() / 1e6 / 1_000);

    assertEquals("completed", last.path("status").asText(), last.toString());
    assertEquals(970, last.path("request_counts").path("completed").asInt());
    assertEquals(30, last.path("request_counts").path("failed").asInt());
    assertEquals("listings", last.path("metadata").path("sheet").asText());
    assertEquals(970, last.path("usage").path("prompt_tokens").asInt());
    assertEquals(
        0, new BigDecimal("0.00194").compareTo(last.path("cost").decimalValue()), last.toString());
    assertTrue(
        progress.stream().anyMatch(event -> event.path("object").asText().equals("batch")),
        "progress");
    assertEquals(
        1_000, progress.stream().filter(event -> event.has("custom_id")).count(), "an event each");

    var failed = new TreeMap<String, String>();
    var answered = new HashSet<String>();
    HttpResponse<String> results = router.send("GET", "/v1/batches/" + id + "/results", KEY, "");
    assertEquals(
        "application/jsonl; charset=utf-8",
        results.headers().firstValue("content-type").orElse(""));
    int index = 0;
    for (String line : results.body().lines().toList()) {
      JsonNode result = Json.parse(line);
      String item = result.path("custom_id").asText();
      assertEquals("item-" + index++, item, "in their order");
      JsonNode response = result.path("response");
      if (result.path("error").isNull()) {
        assertEquals(200, response.path("status_code").asInt());
        assertEquals(
            "About Describe product " + item.substring(5),
            response.path("body").at("/choices/0/message/content").asText());
        assertEquals("up/m", response.path("body").path("model").asText());
        assertTrue(response.path("body").path("usage").has("cost"));
        answered.add(item);
      } else {
        JsonNode error = result.path("error");
        failed.put(
            item,
            response.path("status_code").asText()
                + " "
                + error.path("code").asText()
                + " "
                + error.path("param").asText());
        assertEquals(item, "item-" + error.path("index").asInt(), "where");
        assertFalse(error.path("message").asText().isBlank(), "what");
        assertEquals(
            error.path("code"), response.path("body").path("error").path("code"), "as a caller");
      }
    }
    assertEquals(970, answered.size());
    assertEquals(poisoned, failed);
  }

  @Test
  void a_batch_over_a_pipeline_gives_a_run_for_each_item_and_wrong_inputs_fail_alone()
      throws Exception {
    ObjectNode batch = Json.object().put("endpoint", "/v1/pipelines/describe/runs");
    ArrayNode requests = batch.putArray("requests");
    for (int i = 0; i < 1_000; i++) {
      ObjectNode body = requests.addObject().put("custom_id", "p-" + i).putObject("body");
      if (i % 50 == 49) {
        body.putObject("input").put("wrong", true);
      } else {
        String product = i % 100 == 7 ? "poison" : "thing " + i;
        body.putObject("input").put("product", product);
      }
    }
    long begun = System.nanoTime();
    Duration cpuBefore = router.cpu();
    String id = handIn(batch.put("concurrency", 16));
    JsonNode end = awaitEnd(id);
    System.out.printf(
        "[batch] 1000 runs of one step, concurrency 16: %.1f steps/s, %.2f ms CPU of the router per step%n",
        1_000e9 / (System.nanoTime() - begun),
        router.cpu().minus(cpuBefore).toNanos() / 1e6 / 1_000);
    assertEquals("completed", end.path("status").asText(), end.toString());
    assertEquals(970, end.path("request_counts").path("completed").asInt(), end.toString());
    assertEquals(30, end.path("request_counts").path("failed").asInt(), end.toString());
    List<JsonNode> results = results(id);
    JsonNode run = results.getFirst().path("response").path("body");
    assertEquals("About Describe thing 0", run.path("output").asText(), run.toString());
    assertEquals("completed", run.path("status").asText());
    assertEquals(
        run.path("id").asText(),
        Json.parse(router.send("GET", "/v1/runs/" + run.path("id").asText(), KEY, "").body())
            .path("id")
            .asText());
    assertEquals("invalid_input", results.get(49).path("error").path("code").asText());
    assertEquals(49, results.get(49).path("error").path("index").asInt());
    assertEquals("failed", results.get(7).at("/response/body/status").asText());
    assertFalse(results.get(7).path("error").path("message").asText().isBlank());
    HttpResponse<String> nobody =
        router.send(
            "POST",
            "/v1/batches",
            KEY,
            Json.text(batch.put("endpoint", "/v1/pipelines/describ/runs")));
    assertEquals(404, nobody.statusCode(), nobody.body());
    assertTrue(nobody.body().contains("describe"), nobody.body());
  }

  @Test
  void a_small_batch_is_answered_at_once_when_that_is_preferred() throws Exception {
    HttpResponse<String> answer =
        router.send("POST", "/v1/batches", KEY, Json.text(batch("a", "b")), "prefer", "wait=30");
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("wait", answer.headers().firstValue("preference-applied").orElse(""));
    JsonNode batch = Json.parse(answer.body());
    assertEquals("completed", batch.path("status").asText());
    assertEquals(2, batch.path("results").size());
    assertEquals("b", batch.path("results").path(1).path("custom_id").asText());
    assertTrue(answer.body().contains("\"cost\":0.000004,"), answer.body());
  }

  @Test
  void an_item_that_wants_the_last_answer_is_told_what_is_wrong_with_it() throws Exception {
    ObjectNode batch = batch("gold", "silver", "tin");
    for (int i = 0; i < 2; i++) {
      ((ObjectNode) batch.at("/requests/" + i + "/body"))
          .putObject("route")
          .put("best_effort", "last")
          .putObject("validate")
          .putArray("rules")
          .add("text.contains('gold')");
    }
    JsonNode results =
        Json.parse(
                router
                    .send("POST", "/v1/batches", KEY, Json.text(batch), "prefer", "wait=30")
                    .body())
            .path("results");
    assertTrue(results.at("/0/response/body/route").isMissingNode(), results.toString());
    JsonNode flawed = results.at("/1/response/body");
    assertEquals("About silver", flawed.at("/choices/0/message/content").asText());
    assertEquals("failed", flawed.at("/route/validation").asText(), results.toString());
    assertEquals("rule", flawed.at("/route/broken_rules/0/rule").asText());
    assertTrue(results.at("/2/response/body/route").isMissingNode(), "nobody asked");
  }

  @Test
  void a_batch_that_takes_longer_than_its_caller_waits_goes_on() throws Exception {
    var go = new CountDownLatch(1);
    router.provider(call -> answerAfter(go, call));
    HttpResponse<String> answer =
        router.send("POST", "/v1/batches", KEY, Json.text(batch("a")), "prefer", "wait=1");
    assertEquals(202, answer.statusCode(), answer.body());
    go.countDown();
    String id = Json.parse(answer.body()).path("id").asText();
    assertEquals("/v1/batches/" + id, answer.headers().firstValue("location").orElse(""));
    assertEquals("completed", awaitEnd(id).path("status").asText());
  }

  @Test
  void a_cancelled_batch_finishes_what_was_begun_and_begins_nothing_more() throws Exception {
    var go = new CountDownLatch(1);
    var begun = new CountDownLatch(3);
    router.provider(
        call -> {
          begun.countDown();
          answerAfter(go, call);
        });
    String id = handIn(batch("a", "b", "c", "d", "e").put("concurrency", 3));
    assertTrue(begun.await(20, TimeUnit.SECONDS));
    HttpResponse<String> cancelled = router.send("POST", "/v1/batches/" + id + "/cancel", KEY, "");
    assertEquals(200, cancelled.statusCode(), cancelled.body());
    assertEquals("cancelling", Json.parse(cancelled.body()).path("status").asText());
    go.countDown();
    JsonNode end = awaitEnd(id);
    assertEquals("cancelled", end.path("status").asText());
    assertEquals(3, end.path("request_counts").path("completed").asInt());
    assertEquals(2, end.path("request_counts").path("skipped").asInt());
    List<JsonNode> results = results(id);
    assertEquals(5, results.size());
    assertEquals("batch_cancelled", results.get(4).path("error").path("code").asText());
    assertTrue(results.get(4).path("response").isNull());
  }

  @Test
  void a_batch_that_is_to_stop_begins_nothing_after_its_first_failure() throws Exception {
    ObjectNode batch = batch("a", "poison", "c", "d");
    batch.put("on_error", "stop").put("concurrency", 1);
    JsonNode end = awaitEnd(handIn(batch));
    assertEquals("failed", end.path("status").asText());
    assertEquals(
        "{\"total\":4,\"completed\":1,\"failed\":1,\"skipped\":2}",
        end.path("request_counts").toString());
    assertTrue(end.path("error").path("message").asText().contains("'poison'"), end.toString());
  }

  @Test
  void a_batch_never_costs_more_than_it_may() throws Exception {
    ObjectNode batch = batch();
    ArrayNode requests = batch.putArray("requests");
    for (int i = 0; i < 20; i++) {
      ObjectNode item = requests.addObject().put("custom_id", "dear-" + i);
      item.set("body", chat("up/m", "dear " + i).put("max_tokens", 100));
    }
    // Each may cost about 0.0002 and does cost 0.00005.
    batch.put("max_cost_usd", 0.0003).put("concurrency", 4);
    JsonNode end = awaitEnd(handIn(batch));
    assertTrue(end.path("cost").decimalValue().doubleValue() <= 0.0003, end.toString());
    assertEquals("failed", end.path("status").asText(), end.toString());
    assertEquals("max_cost_reached", end.path("error").path("code").asText());
    int completed = end.path("request_counts").path("completed").asInt();
    assertTrue(completed > 0 && completed < 20, end.toString());
    assertEquals(20 - completed, end.path("request_counts").path("skipped").asInt());
  }

  @Test
  void what_has_not_begun_when_the_window_ends_has_expired() throws Exception {
    var go = new CountDownLatch(1);
    router.provider(call -> answerAfter(go, call));
    ObjectNode batch = batch("a", "b").put("concurrency", 1);
    String id = handIn(batch.put("completion_window", "2s"));
    JsonNode end = awaitEnd(id);
    go.countDown();
    assertEquals("expired", end.path("status").asText());
    List<JsonNode> results = results(id);
    assertEquals(2, results.size());
    assertFalse(results.getFirst().path("error").isNull(), results::toString);
    assertEquals("batch_expired", results.getLast().path("error").path("code").asText());
  }

  @Test
  void an_item_that_is_too_soon_waits_and_does_not_fail() throws Exception {
    String[] ids = new String[35];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = "slow-" + i;
    }
    long begun = System.nanoTime();
    HttpResponse<String> answer =
        router.send("POST", "/v1/batches", SLOW_KEY, Json.text(batch(ids)));
    JsonNode end = awaitEnd(Json.parse(answer.body()).path("id").asText(), SLOW_KEY);
    assertEquals(35, end.path("request_counts").path("completed").asInt(), end.toString());
    // Ten in each second.
    assertTrue(System.nanoTime() - begun > 2_000_000_000L);
  }

  @Test
  void an_item_whose_failure_passes_is_tried_again() throws Exception {
    var failures = new AtomicInteger(1);
    var keys = ConcurrentHashMap.<String>newKeySet();
    router.provider(
        call -> {
          keys.add(call.getRequestHeaders().getFirst("x-flotilla-idempotency"));
          if (failures.getAndDecrement() > 0) {
            RunningRouter.send(
                call,
                503,
                """
                {"error":{"message":"away","type":"upstream_error","code":"x","outcome":"server_error"}}""");
          } else {
            answer(call);
          }
        });
    JsonNode end = awaitEnd(handIn(batch("again")));
    assertEquals(1, end.path("request_counts").path("completed").asInt(), end.toString());
    assertEquals(2, keys.size(), "another try is another call: " + keys);
  }

  @Test
  void a_router_that_dies_leaves_its_items_to_another_one_and_nothing_is_asked_for_anew()
      throws Exception {
    var keys = new ConcurrentHashMap<String, Set<String>>();
    var asked = new ConcurrentHashMap<String, AtomicInteger>();
    var some = new CountDownLatch(60);
    RunningRouter.Provider counting =
        call -> {
          String question = question(call);
          keys.computeIfAbsent(question, q -> ConcurrentHashMap.newKeySet())
              .add(call.getRequestHeaders().getFirst("x-flotilla-idempotency"));
          asked.computeIfAbsent(question, q -> new AtomicInteger()).incrementAndGet();
          some.countDown();
          answer(question, call);
        };
    String[] ids = new String[400];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = "crash-" + i;
    }
    String id;
    var own = RealPostgres.freshDatabase();
    try (RunningRouter dies = router("dies", own, Map.of())) {
      dies.provider(counting);
      HttpResponse<String> answer =
          dies.send("POST", "/v1/batches", KEY, Json.text(batch(ids).put("concurrency", 16)));
      id = Json.parse(answer.body()).path("id").asText();
      assertTrue(some.await(30, TimeUnit.SECONDS));
      dies.kill();
    }
    try (RunningRouter lives = router("lives", own, Map.of())) {
      lives.provider(counting);
      JsonNode end = awaitEnd(lives, id, KEY);
      assertEquals(400, end.path("request_counts").path("completed").asInt(), end.toString());
      assertEquals(
          400, lives.send("GET", "/v1/batches/" + id + "/results", KEY, "").body().lines().count());
    }
    int more = asked.values().stream().mapToInt(AtomicInteger::get).sum() - 400;
    assertTrue(more <= 16, "only what was on its way was asked for again, not " + more);
    keys.forEach((question, used) -> assertEquals(1, used.size(), question + ": " + used));
  }

  @Test
  void a_watcher_who_comes_back_hears_what_it_has_missed() throws Exception {
    String id = handIn(batch("a", "b", "c", "d"));
    awaitEnd(id);
    var all = new ArrayList<JsonNode>();
    try (Stream<String> lines = router.lines("/v1/batches/" + id + "/events", KEY)) {
      assertEquals("completed", events(lines, all).path("status").asText());
    }
    assertEquals(4, all.size());
    var missed = new ArrayList<JsonNode>();
    try (Stream<String> lines =
        router.lines("/v1/batches/" + id + "/events", KEY, "last-event-id", "3")) {
      assertEquals("completed", events(lines, missed).path("status").asText());
    }
    assertEquals(all.subList(3, 4), missed);
  }

  @Test
  void a_named_target_is_told_the_end_and_an_address_cannot_be_given() throws Exception {
    String id = handIn(batch("told").put("webhook", "sheet"));
    String message = TOLD.poll(20, TimeUnit.SECONDS);
    assertNotNull(message, "nobody was told");
    JsonNode told = Json.parse(message);
    assertEquals("batch.completed", told.path("type").asText());
    assertEquals(id, told.path("data").path("id").asText());
    JsonNode log =
        Json.parse(router.send("GET", "/v1/webhooks/deliveries", KEY, "").body()).path("data");
    assertEquals(id + ".batch.completed", log.path(0).path("id").asText());
    assertTrue(router.send("GET", "/v1/webhooks", KEY, "").body().contains("\"sheet\""));
    assertFalse(router.send("GET", "/v1/webhooks", OTHER_KEY, "").body().contains("\"sheet\""));
    refused("unknown_webhook", batch("x").put("webhook", "http://127.0.0.1/"));
  }

  @Test
  void a_batch_is_its_teams_own_and_answers_are_for_callers() throws Exception {
    String id = handIn(batch("a"));
    awaitEnd(id);
    for (String path : List.of("", "/results", "/events")) {
      assertEquals(
          404, router.send("GET", "/v1/batches/" + id + path, OTHER_KEY, "").statusCode(), path);
    }
    assertEquals(
        404, router.send("POST", "/v1/batches/" + id + "/cancel", OTHER_KEY, "").statusCode());
    assertFalse(router.send("GET", "/v1/batches", OTHER_KEY, "").body().contains(id));
    assertTrue(router.send("GET", "/v1/batches?status=completed", KEY, "").body().contains(id));
    assertEquals(200, router.send("GET", "/v1/batches/" + id, VIEWER_KEY, "").statusCode());
    assertEquals(
        403, router.send("GET", "/v1/batches/" + id + "/results", VIEWER_KEY, "").statusCode());
    assertEquals(
        403, router.send("POST", "/v1/batches", VIEWER_KEY, Json.text(batch("a"))).statusCode());
  }

  @Test
  void what_cannot_be_understood_is_refused_with_a_remedy() throws Exception {
    refused("unsupported_parameter", Json.object().put("input_file_id", "file-1"));
    refused("invalid_endpoint", batch("a").put("endpoint", "/v1/embeddings"));
    refused("invalid_requests", batch());
    refused("duplicate_custom_id", batch("a", "a"));
    refused("invalid_concurrency", batch("a").put("concurrency", 0));
    refused("invalid_on_error", batch("a").put("on_error", "panic"));
    refused("invalid_completion_window", batch("a").put("completion_window", "8d"));
    refused("invalid_type", batch("a").put("max_cost_usd", "much"));
    refused("unknown_parameter", batch("a").put("priority", 1));
    ObjectNode nobody = batch("a");
    ((ObjectNode) nobody.path("requests").path(0)).remove("body");
    refused("invalid_body", nobody);
    HttpResponse<String> stream =
        router.send("POST", "/v1/batches", KEY, Json.text(streaming()), "prefer", "wait");
    assertEquals(
        "unsupported_parameter",
        Json.parse(stream.body()).at("/results/0/error/code").asText(),
        stream.body());
  }

  @Test
  void a_request_that_is_sent_twice_is_one_batch() throws Exception {
    String body = Json.text(batch("once"));
    HttpResponse<String> first =
        router.send("POST", "/v1/batches", KEY, body, "idempotency-key", "b-1");
    HttpResponse<String> again =
        router.send("POST", "/v1/batches", KEY, body, "idempotency-key", "b-1");
    assertEquals(first.body(), again.body());
    assertEquals("true", again.headers().firstValue("idempotency-replayed").orElse(""));
    assertNotEquals(
        first.body(),
        router.send("POST", "/v1/batches", KEY, body, "idempotency-key", "b-2").body());
  }

  @Test
  void without_a_database_a_router_answers_chat_and_says_what_batches_need() throws Exception {
    try (RunningRouter none = new RunningRouter(folder.resolve("none"), List.of(), Map.of())) {
      HttpResponse<String> answer = none.send("POST", "/v1/batches", KEY, Json.text(batch("a")));
      assertEquals(503, answer.statusCode());
      assertTrue(answer.body().contains("FLOTILLA_POSTGRES_URL"), answer.body());
      assertEquals(200, none.chat(RunningRouter.ask("up/m", "Hello")).get().statusCode());
      assertEquals(200, none.send("GET", "/v1/webhooks", KEY, "").statusCode());
    }
  }

  private static RunningRouter router(String name, Map<String, String> more) throws IOException {
    return router(name, DATABASE, more);
  }

  private static RunningRouter router(
      String name, RealPostgres.Access database, Map<String, String> more) throws IOException {
    Path own = Files.createDirectories(folder.resolve(name));
    Files.writeString(
        own.resolve("webhooks.yaml"),
        "targets: {sheet: {url: \"http://127.0.0.1:%d/hook\", secret_env: SHEET_SECRET, teams: [growth]}}\n"
            .formatted(receiver.getAddress().getPort()));
    Files.createDirectories(own.resolve("pipelines"));
    Files.writeString(
        own.resolve("pipelines/describe.yaml"),
        """
        apiVersion: pipelines/v1
        name: describe
        description: Describes a product.
        input: {schema: {type: object, required: [product], properties: {product: {type: string, maxLength: 100}}}}
        steps:
          - {id: text, task_type: bulk, max_tokens: 100, cache: false, prompt: "Describe {{ input.product }}"}
        result: text
        """);
    var settings =
        new HashMap<>(
            Map.of(
                "flotilla.postgres.url", database.jdbcUrl(),
                "flotilla.postgres.user", database.user(),
                "flotilla.postgres.password", database.password(),
                "flotilla.redis.time-box", "PT2S",
                "flotilla.admission.window", "PT1S",
                "flotilla.batch.lease", "PT2S",
                "flotilla.batch.look", "PT0.3S",
                "flotilla.flight.remember-failure", "PT0S",
                "SHEET_SECRET", SECRET));
    settings.put("flotilla.cache.enabled", "false");
    settings.putAll(more);
    RunningRouter started = new RunningRouter(own, List.of(), settings);
    awaitDatabase(started);
    return started;
  }

  private static void awaitDatabase(RunningRouter started) {
    Instant end = Instant.now().plusSeconds(30);
    while (started.send("GET", "/v1/batches", KEY, "").statusCode() != 200) {
      assertTrue(Instant.now().isBefore(end), started.log());
    }
  }

  /** What the fake provider-service says: an answer about the question, unless it is poison. */
  private static void answer(HttpExchange call) throws IOException {
    answer(question(call), call);
  }

  private static void answer(String question, HttpExchange call) throws IOException {
    if (question.contains("poison")) {
      RunningRouter.send(
          call,
          400,
          """
          {"error":{"message":"Not that.","type":"invalid_request_error","code":"content_refused","param":null,"outcome":"rejected"}}""");
      return;
    }
    call.getResponseHeaders()
        .set(
            "x-flotilla-attempts",
            "[{\"attempt_id\":\"%s\",\"model\":\"up/m\",\"outcome\":\"ok\",\"status\":200,\"ms\":1,\"cost_nanos\":%d}]"
                .formatted(
                    call.getRequestHeaders().getFirst("x-request-id"),
                    question.startsWith("dear") ? DEAR_NANOS : COST_NANOS));
    RunningRouter.send(
        call,
        200,
        """
        {"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,\
        "finish_reason":"stop","message":{"role":"assistant","content":"About %s"}}],\
        "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}"""
            .formatted(question));
  }

  private static void answerAfter(CountDownLatch go, HttpExchange call) throws IOException {
    try {
      if (go.await(30, TimeUnit.SECONDS)) {
        answer(call);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String question(HttpExchange call) throws IOException {
    try {
      return Json.parse(new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
          .at("/messages/0/content")
          .asText();
    } catch (NotJson e) {
      throw new IOException(e);
    }
  }

  private static ObjectNode batch(String... ids) {
    ObjectNode batch = Json.object().put("endpoint", "/v1/chat/completions");
    ArrayNode requests = batch.putArray("requests");
    for (String id : ids) {
      requests.addObject().put("custom_id", id).set("body", chat("up/m", id));
    }
    return batch;
  }

  private static ObjectNode streaming() {
    ObjectNode batch = batch("streams");
    ((ObjectNode) batch.at("/requests/0/body")).put("stream", true);
    return batch;
  }

  private static ObjectNode chat(String model, String text) {
    ObjectNode body = Json.object().put("model", model);
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    return body;
  }

  private static String handIn(ObjectNode batch) throws Exception {
    HttpResponse<String> answer = router.send("POST", "/v1/batches", KEY, Json.text(batch));
    assertEquals(202, answer.statusCode(), answer.body());
    JsonNode begun = Json.parse(answer.body());
    assertEquals("in_progress", begun.path("status").asText());
    return begun.path("id").asText();
  }

  private static void refused(String code, ObjectNode batch) throws Exception {
    HttpResponse<String> answer = router.send("POST", "/v1/batches", KEY, Json.text(batch));
    assertEquals(400, answer.statusCode(), answer.body());
    assertEquals(
        code, Json.parse(answer.body()).path("error").path("code").asText(), answer.body());
  }

  private static JsonNode awaitEnd(String id) throws Exception {
    return awaitEnd(id, KEY);
  }

  private static JsonNode awaitEnd(String id, String key) throws Exception {
    return awaitEnd(router, id, key);
  }

  /** Watches until the end, which is the last event. */
  private static JsonNode awaitEnd(RunningRouter router, String id, String key) throws Exception {
    try (Stream<String> lines = router.lines("/v1/batches/" + id + "/events", key)) {
      return events(lines, new ArrayList<>());
    }
  }

  /** The last event's data; the others are added. */
  private static JsonNode events(Stream<String> lines, List<JsonNode> others) throws Exception {
    JsonNode last = null;
    for (String line : (Iterable<String>) lines::iterator) {
      if (line.startsWith("data: ")) {
        if (last != null) {
          others.add(last);
        }
        last = Json.parse(line.substring(6));
      }
    }
    assertNotNull(last, "no event");
    return last;
  }

  private static List<JsonNode> results(String id) throws Exception {
    var results = new ArrayList<JsonNode>();
    for (String line :
        router.send("GET", "/v1/batches/" + id + "/results", KEY, "").body().lines().toList()) {
      results.add(Json.parse(line));
    }
    return results;
  }
}
