package dev.flotilla.review.people;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.kit.json.Json;
import dev.flotilla.review.fake.FakeProvider;
import dev.flotilla.review.fake.FakeProvider.Behaviour;
import dev.flotilla.testkit.RealPostgres;
import io.helidon.microprofile.server.Server;
import io.helidon.microprofile.server.ServerCdiExtension;
import jakarta.enterprise.inject.spi.CDI;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Questions to people over HTTP, and a stand-in for whoever is woken. */
class DecisionsIT {
  private static final String TOKEN = "a-token-for-tests-only";
  private static final RealPostgres.Access DATABASE = RealPostgres.freshDatabase();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final FakeProvider PROVIDER = FakeProvider.start();
  private static final BlockingQueue<String> WOKEN = new LinkedBlockingQueue<>();
  private static final AtomicInteger REFUSALS = new AtomicInteger();
  private static HttpServer waiting;
  private static Server server;
  private static int opsPort;

  @BeforeAll
  static void start() throws Exception {
    waiting = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    waiting.createContext("/", DecisionsIT::woken);
    waiting.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    waiting.start();
    Map.ofEntries(
            Map.entry("flotilla.postgres.url", DATABASE.jdbcUrl()),
            Map.entry("flotilla.postgres.user", DATABASE.user()),
            Map.entry("flotilla.postgres.password", DATABASE.password()),
            Map.entry("flotilla.service.token", TOKEN),
            Map.entry("flotilla.config.dir", "../config"),
            Map.entry("flotilla.providers.enabled", "sim-north,sim-south,sim-east"),
            Map.entry("flotilla.provider.url", PROVIDER.url().toString()),
            Map.entry(
                "flotilla.people.callback-url",
                "http://127.0.0.1:%d/internal/runs/{run_id}/wake"
                    .formatted(waiting.getAddress().getPort())),
            Map.entry("server.sockets.0.host", "127.0.0.1"),
            Map.entry("server.sockets.0.port", "0"))
        .forEach(System::setProperty);
    server = Server.builder().port(0).host("127.0.0.1").build().start();
    opsPort = CDI.current().getBeanManager().getExtension(ServerCdiExtension.class).port("ops");
    Instant end = Instant.now().plus(Duration.ofSeconds(20));
    while (get(opsPort, "/health/ready", "t").statusCode() != 200) {
      assertTrue(Instant.now().isBefore(end), get(opsPort, "/health/ready", "t").body());
    }
  }

  @AfterAll
  static void stop() {
    server.stop();
    System.clearProperty("flotilla.people.callback-url");
    CLIENT.close();
    PROVIDER.close();
    waiting.stop(0);
  }

  @BeforeEach
  void nobodyRefuses() {
    PROVIDER.forget();
    REFUSALS.set(0);
  }

  @Test
  void a_question_is_put_once_and_shown_to_its_team_only() throws Exception {
    HttpResponse<String> first = ask(question("q-1", "growth"));
    assertEquals(201, first.statusCode(), first.body());
    assertTrue(first.headers().firstValue("location").orElse("").endsWith("/v1/decisions/q-1"));
    ObjectNode later = question("q-1", "growth");
    later.put("deadline", Instant.now().plusSeconds(9_999).toString());
    HttpResponse<String> again = ask(later);
    assertEquals(200, again.statusCode(), again.body());
    assertEquals(Json.parse(first.body()), Json.parse(again.body()), "as it was asked first");

    JsonNode shown = ok(get("/v1/decisions/q-1", "growth"));
    assertEquals("waiting", shown.path("status").asText());
    assertEquals("Boots, waterproof", shown.path("show").path("listing").path("title").asText());
    assertEquals("asked", shown.path("history").path(0).path("action").asText());
    assertEquals(404, get("/v1/decisions/q-1", "other").statusCode());
    assertEquals(404, post("/v1/decisions/q-1/claim", "other", "k_9", "").statusCode());
    assertEquals(404, decide("q-1", "other", "k_9", "approve").statusCode());
    assertEquals(0, ok(get("/v1/decisions", "other")).path("data").size());
  }

  @Test
  void an_id_that_another_run_or_team_has_used_is_refused() throws Exception {
    ask(question("q-2", "growth"));
    HttpResponse<String> otherRun = ask(question("q-2", "growth").put("run_id", "run_2"));
    assertEquals(409, otherRun.statusCode());
    assertTrue(otherRun.body().contains("decision_id_taken"));
    assertEquals(409, ask(question("q-2", "other")).statusCode());
  }

  @Test
  void of_two_people_who_decide_at_once_one_is_first_and_the_other_is_told_who_and_when()
      throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 20; round++) {
        String id = "race-" + round;
        ask(question(id, "race"));
        var answers = new ArrayList<HttpResponse<String>>();
        List<Callable<HttpResponse<String>>> people =
            List.of(
                () -> decide(id, "race", "k_ann", "approve"),
                () -> decide(id, "race", "k_bob", "reject"));
        for (var answer : threads.invokeAll(people)) {
          answers.add(answer.get());
        }
        answers.sort((one, other) -> one.statusCode() - other.statusCode());
        assertEquals(200, answers.getFirst().statusCode());
        assertEquals(409, answers.getLast().statusCode());
        JsonNode first = Json.parse(answers.getFirst().body());
        JsonNode late = Json.parse(answers.getLast().body());
        assertEquals("already_decided", late.path("code").asText());
        assertEquals(first.path("actor"), late.path("actor"));
        assertEquals(first.path("decided_at"), late.path("decided_at"));
        assertEquals(first.path("decision"), late.path("decision"));
        assertTrue(late.path("detail").asText().contains(first.path("actor").asText()));
      }
    }
  }

  @Test
  void a_word_that_is_no_answer_is_refused_with_those_that_are() throws Exception {
    ask(question("words", "growth"));
    HttpResponse<String> answer = decide("words", "growth", "k_ann", "perhaps");
    assertEquals(400, answer.statusCode());
    JsonNode problem = Json.parse(answer.body());
    assertEquals("[\"approve\",\"reject\"]", problem.path("allowed").toString());
    assertEquals("waiting", ok(get("/v1/decisions/words", "growth")).path("status").asText());
  }

  @Test
  void a_claim_keeps_others_from_claiming_but_not_from_deciding() throws Exception {
    ask(question("claimed", "growth"));
    JsonNode claimed = ok(post("/v1/decisions/claimed/claim", "growth", "k_ann", ""));
    assertEquals("k_ann", claimed.path("assigned_to").asText());
    assertEquals(200, post("/v1/decisions/claimed/claim", "growth", "k_ann", "").statusCode());
    HttpResponse<String> other = post("/v1/decisions/claimed/claim", "growth", "k_bob", "");
    assertEquals(409, other.statusCode());
    assertEquals("k_ann", Json.parse(other.body()).path("assigned_to").asText());
    sql("update review.question set claimed_at = now() - interval '31 min' where id = 'claimed'");
    assertEquals(200, post("/v1/decisions/claimed/claim", "growth", "k_bob", "").statusCode());
    assertEquals(200, decide("claimed", "growth", "k_ann", "reject").statusCode());
    HttpResponse<String> late = post("/v1/decisions/claimed/claim", "growth", "k_bob", "");
    assertEquals(409, late.statusCode());
    assertTrue(late.body().contains("already_decided"));
    var actions = new ArrayList<String>();
    ok(get("/v1/decisions/claimed", "growth"))
        .path("history")
        .forEach(
            event ->
                actions.add(event.path("action").asText() + " " + event.path("actor").asText()));
    assertEquals(
        List.of(
            "asked k_asker", "claimed k_ann", "claimed k_ann", "claimed k_bob", "decided k_ann"),
        actions);
  }

  @Test
  void a_deadline_answers_once_and_nobody_can_decide_after_it() throws Exception {
    ObjectNode question = question("late", "growth");
    Instant deadline = Instant.parse("2026-01-01T00:00:00Z");
    question.put("deadline", deadline.toString()).put("on_timeout", "give_up");
    JsonNode asked = Json.parse(ask(question).body());
    assertEquals("expired", asked.path("status").asText());
    assertEquals("give_up", asked.path("decision").asText());
    assertEquals("timeout", asked.path("decided_by").asText());
    assertEquals(deadline.toString(), asked.path("decided_at").asText(), "not when it was noticed");
    HttpResponse<String> late = decide("late", "growth", "k_ann", "approve");
    assertEquals(409, late.statusCode());
    assertTrue(late.body().contains("the deadline"), late.body());
    JsonNode history = ok(get("/v1/decisions/late", "growth")).path("history");
    assertEquals(2, history.size());
    assertEquals("deadline", history.path(1).path("actor").asText());
    assertEquals("late", woken());
  }

  @Test
  void a_deadline_that_nobody_looks_at_wakes_the_run_all_the_same() throws Exception {
    ObjectNode question = question("unseen", "growth");
    question.put("deadline", Instant.now().plusMillis(300).toString());
    assertEquals("waiting", Json.parse(ask(question).body()).path("status").asText());
    assertEquals("unseen", woken());
    assertEquals("expired", ok(get("/v1/decisions/unseen", "growth")).path("status").asText());
  }

  @Test
  void a_decision_wakes_its_run_and_a_hint_that_did_not_arrive_is_given_again() throws Exception {
    ask(question("hint", "growth"));
    REFUSALS.set(1);
    decide("hint", "growth", "k_ann", "approve");
    assertEquals("hint", woken());
    assertEquals(0, REFUSALS.get());
    ask(question("no-run", "growth").putNull("run_id").putNull("step"));
    assertEquals(200, decide("no-run", "growth", "k_ann", "approve").statusCode());
    try (var connection = DATABASE.connect();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select count(*) from review.wake where question_id = 'no-run'")) {
      assertTrue(rows.next());
      assertEquals(0, rows.getInt(1));
    }
  }

  @Test
  void what_was_done_is_never_changed_and_what_was_shown_is_forgotten() throws Exception {
    ask(question("kept", "growth"));
    decide("kept", "growth", "k_ann", "approve");
    assertThrows(SQLException.class, () -> sql("delete from review.question_event"));
    assertThrows(SQLException.class, () -> sql("update review.question_event set actor = 'k_bob'"));
    assertThrows(
        SQLException.class,
        () -> sql("update review.question set decision = 'reject' where id = 'kept'"));
    sql(
        "update review.question_material set kept_until = now() - interval '1 s' where question_id = 'kept'");
    // The next sweep forgets it; a question with a short deadline makes one.
    ObjectNode next = question("next", "growth");
    next.put("deadline", Instant.now().plusMillis(50).toString());
    ask(next);
    assertEquals("next", wokenUntil("next"));
    JsonNode kept = ok(get("/v1/decisions/kept", "growth"));
    Instant end = Instant.now().plusSeconds(15);
    while (!kept.path("show").isNull() && Instant.now().isBefore(end)) {
      kept = ok(get("/v1/decisions/kept", "growth"));
    }
    assertTrue(kept.path("show").isNull(), kept.toString());
    assertEquals("approve", kept.path("decision").asText());
  }

  @Test
  void those_that_wait_are_listed_oldest_first_and_page_by_page() throws Exception {
    for (int i = 0; i < 3; i++) {
      ask(question("p-" + i, "pages").put("queue", i == 1 ? "second" : "first"));
    }
    decide("p-0", "pages", "k_ann", "approve");
    assertEquals(List.of("p-1", "p-2"), listed("?status=waiting"));
    assertEquals(List.of("p-2"), listed("?status=waiting&queue=first"));
    assertEquals(List.of("p-0"), listed("?status=decided"));
    assertEquals(List.of(), listed("?status=expired"));
    assertEquals(List.of("p-2", "p-1", "p-0"), listed(""));
    assertEquals(List.of("p-1"), listed("?limit=1&after=p-2"));
    assertTrue(ok(get("/v1/decisions?limit=2", "pages")).path("has_more").asBoolean());
    assertFalse(ok(get("/v1/decisions?limit=3", "pages")).path("has_more").asBoolean());
    assertEquals(400, get("/v1/decisions?status=lost", "pages").statusCode());
  }

  @Test
  void what_cannot_be_understood_is_refused_with_a_remedy() throws Exception {
    problem("invalid_id", question("a/b", "growth"));
    problem("invalid_team", question("bad", ""));
    problem("invalid_queue", question("bad", "growth").put("queue", ""));
    problem("invalid_deadline", question("bad", "growth").put("deadline", "tomorrow"));
    problem("invalid_deadline", question("bad", "growth").put("deadline", "2999-01-01T00:00:00Z"));
    problem("invalid_decisions", question("bad", "growth").put("decisions", "yes"));
    problem("invalid_on_timeout", question("bad", "growth").put("on_timeout", "Oh no"));
    problem("invalid_show", question("bad", "growth").put("show", "me"));
    problem("unsupported_parameter", question("bad", "growth").put("url", "http://127.0.0.1"));
  }

  @Test
  void a_review_that_machines_cannot_decide_is_decided_by_the_first_person() throws Exception {
    JsonNode review = splitReview("people");
    String id = review.path("id").asText();
    assertEquals("needs_human", review.path("status").asText());
    assertEquals("reviews", review.path("human").path("queue").asText());
    assertEquals(
        List.of(id), ids(ok(get("/v1/reviews?status=needs_human&queue=reviews", "people"))));
    assertEquals(List.of(), ids(ok(get("/v1/reviews?queue=nobodys", "people"))));
    JsonNode question = ok(get("/v1/decisions?queue=reviews", "people")).path("data").path(0);
    assertEquals(id, question.path("review_id").asText());
    assertEquals("The boat leaves.", question.path("show").path("artifact").asText());
    assertEquals(3, question.path("show").path("reviewers").size());

    JsonNode claimed = ok(post("/v1/reviews/" + id + "/claim", "people", "k_ann", ""));
    assertEquals("k_ann", claimed.path("human").path("assigned_to").asText());
    HttpResponse<String> word = decideReview(id, "people", "k_ann", "perhaps");
    assertEquals(400, word.statusCode());
    assertTrue(word.body().contains("request_changes"));
    assertEquals(404, decideReview(id, "other", "k_eve", "approve").statusCode());
    JsonNode decided = ok(decideReview(id, "people", "k_ann", "request_changes"));
    assertEquals("decided", decided.path("status").asText());
    assertEquals("request_changes", decided.path("decision").asText());
    assertEquals("human", decided.path("decided_by").asText());
    assertEquals("because", decided.path("human").path("comment").asText());
    HttpResponse<String> late = decideReview(id, "people", "k_bob", "approve");
    assertEquals(409, late.statusCode());
    assertTrue(late.body().contains("k_ann"), late.body());
    assertEquals(
        List.of("escalate policy two-of-three", "request_changes human k_ann"), records(id));
  }

  @Test
  void a_review_nobody_looks_at_is_decided_by_its_policy_when_its_time_is_up() throws Exception {
    JsonNode review = splitReview("slow");
    String id = review.path("id").asText();
    sql(
        "update review.question set deadline = now() - interval '1 s' where review_id = '"
            + id
            + "'");
    JsonNode decided = ok(get("/v1/reviews/" + id, "slow"));
    assertEquals("reject", decided.path("decision").asText());
    assertEquals("timeout", decided.path("decided_by").asText());
    assertEquals(List.of("escalate policy two-of-three", "reject timeout deadline"), records(id));
    assertEquals(List.of(id), ids(ok(get("/v1/reviews?status=decided", "slow"))));
  }

  @Test
  void a_review_that_needs_nobody_cannot_be_decided_by_a_person() throws Exception {
    HttpResponse<String> answer = review("agreed");
    String id = Json.parse(answer.body()).path("id").asText();
    HttpResponse<String> refused = decideReview(id, "agreed", "k_ann", "reject");
    assertEquals(409, refused.statusCode());
    assertTrue(refused.body().contains("no_person_needed"));
  }

  private static JsonNode splitReview(String team) throws Exception {
    PROVIDER.tell("sim-north/flagship", new Behaviour.Says(FakeProvider.opinion("reject")));
    PROVIDER.tell(
        "sim-south/flagship", new Behaviour.Says(FakeProvider.opinion("request_changes")));
    return Json.parse(review(team).body());
  }

  private static HttpResponse<String> review(String team) throws Exception {
    return post(
        "/v1/reviews",
        team,
        "k_ann",
        """
        {"artifact":{"type":"text","content":"The boat leaves."},"plan":["says when"],"task":"Say when."}""");
  }

  private static HttpResponse<String> decideReview(
      String id, String team, String key, String decision) throws Exception {
    return post("/v1/reviews/" + id + "/decision", team, key, answer(decision));
  }

  private static List<String> records(String reviewId) throws SQLException {
    var records = new ArrayList<String>();
    try (var connection = DATABASE.connect();
        var statement =
            connection.prepareStatement(
                "select outcome, decided_by, actor from review.decision_record where review_id = ? order by id")) {
      statement.setString(1, reviewId);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          records.add(rows.getString(1) + " " + rows.getString(2) + " " + rows.getString(3));
        }
      }
    }
    return records;
  }

  private static ObjectNode question(String id, String team) {
    ObjectNode question = Json.object();
    question.put("id", id).put("team", team).put("queue", "marketplace");
    question.put("title", "A listing needs a decision");
    question.putObject("show").putObject("listing").put("title", "Boots, waterproof");
    question.putArray("decisions").add("approve").add("reject");
    question.put("deadline", Instant.now().plusSeconds(3_600).toString());
    question.put("on_timeout", "reject").put("run_id", "run_1").put("step", "ask_human");
    return question;
  }

  /** The id of the next question whose run is woken, of those this test asked last. */
  private static String woken() throws InterruptedException {
    String id = WOKEN.poll(20, TimeUnit.SECONDS);
    assertNotNull(id, "nobody was woken");
    return id;
  }

  private static String wokenUntil(String wanted) throws InterruptedException {
    String id = woken();
    while (!id.equals(wanted)) {
      id = woken();
    }
    return id;
  }

  @BeforeEach
  void nobodyIsWokenAnyMore() throws Exception {
    Instant end = Instant.now().plusSeconds(20);
    try (var connection = DATABASE.connect();
        var statement = connection.createStatement()) {
      boolean some = true;
      while (some) {
        try (var rows = statement.executeQuery("select exists (select 1 from review.wake)")) {
          some = rows.next() && rows.getBoolean(1);
        }
        assertTrue(Instant.now().isBefore(end), "hints are left over");
      }
    }
    WOKEN.clear();
  }

  private static void woken(HttpExchange call) throws IOException {
    byte[] body = call.getRequestBody().readAllBytes();
    boolean right =
        call.getRequestURI().getPath().matches("/internal/runs/run_1/wake")
            && ("Bearer " + TOKEN).equals(call.getRequestHeaders().getFirst("authorization"));
    boolean refused = REFUSALS.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    call.sendResponseHeaders(refused ? 503 : right ? 204 : 400, -1);
    call.close();
    if (!refused && right) {
      try {
        WOKEN.add(
            Json.parse(new String(body, StandardCharsets.UTF_8)).path("decision_id").asText());
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
  }

  private static void problem(String code, ObjectNode question) throws Exception {
    HttpResponse<String> answer = ask(question);
    assertEquals(400, answer.statusCode(), answer.body());
    assertEquals(code, Json.parse(answer.body()).path("code").asText(), answer.body());
  }

  private static List<String> listed(String query) throws Exception {
    return ids(ok(get("/v1/decisions" + query, "pages")));
  }

  private static List<String> ids(JsonNode list) {
    var ids = new ArrayList<String>();
    list.path("data").forEach(each -> ids.add(each.path("id").asText()));
    return ids;
  }

  private static JsonNode ok(HttpResponse<String> answer) throws Exception {
    assertEquals(200, answer.statusCode(), answer.body());
    return Json.parse(answer.body());
  }

  private static String answer(String decision) {
    return Json.text(Json.object().put("decision", decision).put("comment", "because"));
  }

  private static HttpResponse<String> decide(String id, String team, String key, String decision)
      throws Exception {
    return post("/v1/decisions/" + id + "/decision", team, key, answer(decision));
  }

  private static HttpResponse<String> ask(ObjectNode question) throws Exception {
    return post("/v1/decisions", "whoever", "k_asker", Json.text(question));
  }

  private static HttpResponse<String> post(String path, String team, String key, String body)
      throws Exception {
    return CLIENT.send(
        request(server.port(), path, team, key)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> get(String path, String team) throws Exception {
    return get(server.port(), path, team);
  }

  private static HttpResponse<String> get(int port, String path, String team)
      throws IOException, InterruptedException {
    return CLIENT.send(
        request(port, path, team, "k_reader").build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(int port, String path, String team, String key) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(30))
        .header("authorization", "Bearer " + TOKEN)
        .header("x-flotilla-team", team)
        .header("x-flotilla-key", key)
        .header("x-flotilla-roles", "caller,reviewer")
        .header("x-flotilla-models", "*");
  }

  private static void sql(String statement) throws SQLException {
    try (var connection = DATABASE.connect();
        var open = connection.createStatement()) {
      open.executeUpdate(statement);
    }
  }
}
