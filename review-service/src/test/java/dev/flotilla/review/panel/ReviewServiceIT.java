package dev.flotilla.review.panel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.review.aggregation.Replay;
import dev.flotilla.review.fake.FakeProvider;
import dev.flotilla.review.fake.FakeProvider.Behaviour;
import dev.flotilla.testkit.OtlpReceiver;
import dev.flotilla.testkit.OtlpReceiver.ReceivedSpan;
import dev.flotilla.testkit.RealPostgres;
import io.helidon.microprofile.server.Server;
import io.helidon.microprofile.server.ServerCdiExtension;
import jakarta.enterprise.inject.spi.CDI;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReviewServiceIT {
  private static final String TOKEN = "a-token-for-tests-only";
  private static final RealPostgres.Access DATABASE = RealPostgres.freshDatabase();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final FakeProvider PROVIDER = FakeProvider.start();
  private static final OtlpReceiver TRACES = OtlpReceiver.start();
  private static final String SECRET = "the artifact nobody may log";
  private static Server server;
  private static int opsPort;

  @BeforeAll
  static void start() throws Exception {
    Map.ofEntries(
            Map.entry("flotilla.postgres.url", DATABASE.jdbcUrl()),
            Map.entry("flotilla.postgres.user", DATABASE.user()),
            Map.entry("flotilla.postgres.password", DATABASE.password()),
            Map.entry("flotilla.service.token", TOKEN),
            Map.entry("flotilla.config.dir", config().toString()),
            Map.entry("flotilla.providers.enabled", "sim-north,sim-south,sim-east"),
            Map.entry("flotilla.provider.url", PROVIDER.url().toString()),
            Map.entry("flotilla.tracing.otlp-endpoint", TRACES.url()),
            Map.entry("server.sockets.0.host", "127.0.0.1"),
            Map.entry("server.sockets.0.port", "0"))
        .forEach(System::setProperty);
    server = Server.builder().port(0).host("127.0.0.1").build().start();
    opsPort = CDI.current().getBeanManager().getExtension(ServerCdiExtension.class).port("ops");
    Instant end = Instant.now().plus(Duration.ofSeconds(20));
    while (get(opsPort, "/health/ready", "growth").statusCode() != 200) {
      assertTrue(Instant.now().isBefore(end), get(opsPort, "/health/ready", "growth").body());
    }
  }

  /** What ships, and policies with more than one round. */
  private static Path config() throws IOException {
    Path folder = Files.createTempDirectory("review-config");
    Path shipped = Path.of("..", "config");
    for (String part : List.of("catalog", "review-policies")) {
      Files.createDirectories(folder.resolve(part));
      try (var files = Files.list(shipped.resolve(part))) {
        for (Path file : files.toList()) {
          Files.copy(file, folder.resolve(part).resolve(file.getFileName()));
        }
      }
    }
    String usual = Files.readString(shipped.resolve("review-policies/two-of-three.yaml"));
    for (String panel : List.of("same", "fresh")) {
      Files.writeString(
          folder.resolve("review-policies/twice-" + panel + ".yaml"),
          usual.replaceFirst("rounds: .*", "rounds: {max_rounds: 2, panel: " + panel + "}"));
    }
    return folder;
  }

  @AfterAll
  static void stop() {
    server.stop();
    CLIENT.close();
    PROVIDER.close();
    TRACES.close();
  }

  @BeforeEach
  void everybodyApproves() {
    PROVIDER.forget();
  }

  @Test
  void a_review_is_decided_recorded_and_shown_to_its_team_only() throws Exception {
    HttpResponse<String> answer = review("growth", "\"metadata\":{\"ticket\":\"T-1\"}");
    assertEquals(201, answer.statusCode(), answer.body());
    JsonNode review = Json.parse(answer.body());
    String id = review.path("id").asText();
    assertEquals("/v1/reviews/" + id, path(answer));
    assertTrue(id.matches("rev_[0-9A-Z]{26}"), id);
    assertEquals("decided", review.path("status").asText());
    assertEquals("approve", review.path("decision").asText());
    assertEquals("policy", review.path("decided_by").asText());
    assertEquals("two-of-three", review.path("policy").path("name").asText());
    assertTrue(review.path("policy").path("version").asText().startsWith("sha256:"));
    assertEquals(3, review.path("reviewers").size());
    assertTrue(answer.body().contains("\"usage\":{\"cost\":0.0000045,"), answer.body());
    assertTrue(answer.body().startsWith("{\"id\":\"rev_"), "in the order it is read");
    assertEquals("T-1", review.path("metadata").path("ticket").asText());

    assertEquals(review, Json.parse(get(server.port(), "/v1/reviews/" + id, "growth").body()));
    HttpResponse<String> stranger = get(server.port(), "/v1/reviews/" + id, "other");
    assertEquals(404, stranger.statusCode());
    assertTrue(stranger.body().contains("review_not_found"));
    assertTrue(get(server.port(), "/v1/reviews?status=decided", "growth").body().contains(id));
    assertFalse(get(server.port(), "/v1/reviews?status=needs_human", "growth").body().contains(id));
    assertFalse(get(server.port(), "/v1/reviews", "other").body().contains(id));
  }

  @Test
  void what_can_be_known_is_verified_beside_the_panel_and_recorded() throws Exception {
    JsonNode review =
        Json.parse(
            review(
                    "verified",
                    "\"verify\":[\"json-parses\",{\"name\":\"max-words\",\"most\":10},\"non-empty\"]")
                .body());
    JsonNode verification = review.path("verification");
    assertEquals(3, verification.size(), review.toString());
    assertEquals("json-parses", verification.path(0).path("name").asText());
    assertFalse(verification.path(0).path("passed").asBoolean());
    assertEquals(
        Json.parse(
            "{\"name\":\"max-words\",\"passed\":true,\"detail\":\"5 words, and 10 are allowed\"}"),
        verification.path(1));
    assertTrue(verification.path(2).path("passed").asBoolean());
    String id = review.path("id").asText();
    assertEquals(review, Json.parse(get(server.port(), "/v1/reviews/" + id, "verified").body()));
    assertEquals(
        0, Json.parse(review("verified", "\"task\":\"t\"").body()).path("verification").size());
    assertTrue(
        PROVIDER.asked().stream().noneMatch(each -> each.toString().contains("max-words")),
        "no reviewer is told");
  }

  @Test
  void a_decision_can_be_replayed_from_its_record_which_never_changes() throws Exception {
    JsonNode review = Json.parse(review("records", "\"task\":\"t\"").body());
    try (var connection = DATABASE.connect();
        var statement =
            connection.prepareStatement(
                "select r.outcome, r.record, p.content, a.assignment from review.decision_record r"
                    + " join review.policy_version p on p.version = r.policy_version"
                    + " join review.artifact a using (review_id) where review_id = ?")) {
      statement.setString(1, review.path("id").asText());
      try (var rows = statement.executeQuery()) {
        assertTrue(rows.next());
        assertEquals("approve", rows.getString("outcome"));
        assertEquals(
            review.path("reviewers"), Json.parse(rows.getString("record")).path("reviewers"));
        assertTrue(rows.getString("content").contains("agree: 2"));
        assertTrue(rows.getString("assignment").contains(SECRET));
      }
    }
    assertThrows(SQLException.class, () -> sql("update review.decision_record set actor = 'me'"));
    assertThrows(SQLException.class, () -> sql("delete from review.policy_version"));
  }

  @Test
  void the_replay_of_a_record_is_the_decision_byte_for_byte() throws Exception {
    String opinion =
        """
        {"verdict": "%s", "score": 0.50, "confidence": 0.9, "findings": [{"severity": "%s", "criterion": null,
        "file": "a.txt", "line": %d, "claim": "%s", "evidence": "e", "suggestion": null}]}""";
    PROVIDER.tell(
        "sim-north/flagship",
        new Behaviour.Says(opinion.formatted("reject", "blocker", 3, "the key is in the log")));
    PROVIDER.tell(
        "sim-south/flagship",
        new Behaviour.Says(opinion.formatted("approve", "minor", 4, "a key is in this log")));
    for (String policy : List.of("two-of-three", "unanimous", "any-blocker", "weighted", "union")) {
      JsonNode review = Json.parse(review("replay", "\"policy\":\"%s\"".formatted(policy)).body());
      JsonNode aggregate = review.path("aggregate");
      assertEquals(1, aggregate.path("findings").size(), review::toString);
      JsonNode finding = aggregate.path("findings").path(0);
      assertEquals("blocker", finding.path("severity").asText());
      assertEquals(3, finding.path("line").asInt());
      assertEquals(2, finding.path("said_by").size());
      assertEquals(1, finding.path("not_said_by").size());
      assertTrue(finding.path("confidence").asDouble() > 0.5, finding::toString);
      if (policy.equals("two-of-three")) {
        assertEquals("reject", aggregate.path("dissent").path(0).path("verdict").asText());
        assertEquals(1, aggregate.path("dissent").path(0).path("findings").size());
      }
      try (var connection = DATABASE.connect();
          var statement =
              connection.prepareStatement(
                  "select r.outcome, r.record, p.name, p.content from review.decision_record r"
                      + " join review.policy_version p on p.version = r.policy_version"
                      + " where review_id = ?")) {
        statement.setString(1, review.path("id").asText());
        try (var rows = statement.executeQuery()) {
          assertTrue(rows.next());
          Replay replay =
              Replay.of(
                  rows.getString("name"), rows.getString("content"), rows.getString("record"));
          assertEquals(rows.getString("outcome"), replay.outcome());
          assertEquals(replay.recorded(), replay.aggregate());
          assertTrue(replay.same());
          assertTrue(rows.getString("record").contains(replay.aggregate()), "as it was written");
        }
      }
    }
  }

  @Test
  void with_one_slow_and_one_malformed_reviewer_a_person_decides() throws Exception {
    PROVIDER.tell("sim-south/flagship", new Behaviour.Hangs());
    PROVIDER.tell("sim-east/flagship", new Behaviour.Says("Looks good to me"));
    JsonNode review = Json.parse(review("slow", "\"deadline\":\"PT1.5S\"").body());
    assertEquals("needs_human", review.path("status").asText());
    assertTrue(review.path("decision").isNull());
    assertEquals("approve", review.path("aggregate").path("proposal").asText());
    assertEquals(2, review.path("aggregate").path("votes").path("abstained").asInt());
    assertTrue(
        review
            .path("aggregate")
            .path("reasons")
            .path(0)
            .asText()
            .startsWith("1 of 3 reviewers voted"));
    Set<String> errors = new HashSet<>();
    review
        .path("reviewers")
        .forEach(each -> errors.add(each.path("error").path("code").asText("")));
    assertEquals(Set.of("", "timeout", "invalid_output"), errors);
    assertTrue(
        get(server.port(), "/v1/reviews?status=needs_human", "slow")
            .body()
            .contains(review.path("id").asText()));
  }

  @Test
  void with_a_slow_a_failing_and_a_malformed_reviewer_there_is_a_decision_at_the_deadline()
      throws Exception {
    PROVIDER.tellEverybody(new Behaviour.Fails(502, "server_error"));
    PROVIDER.tell("sim-south/flagship", new Behaviour.Hangs());
    PROVIDER.tell("sim-east/flagship", new Behaviour.Says("Looks good to me"));
    long start = System.nanoTime();
    JsonNode review = Json.parse(review("all-three", "\"deadline\":\"PT2S\"").body());
    long millis = (System.nanoTime() - start) / 1_000_000;
    assertTrue(millis >= 2_000 && millis < 7_000, millis + " ms");
    assertEquals("needs_human", review.path("status").asText());
    assertTrue(review.path("aggregate").path("proposal").isNull(), "nobody voted");
    assertEquals(3, review.path("aggregate").path("votes").path("abstained").asInt());
    Set<String> errors = new HashSet<>();
    for (JsonNode reviewer : review.path("reviewers")) {
      errors.add(reviewer.path("error").path("code").asText(""));
    }
    assertEquals(Set.of("server_error", "timeout", "invalid_output"), errors);
    assertEquals(
        review,
        Json.parse(
            get(server.port(), "/v1/reviews/" + review.path("id").asText(), "all-three").body()),
        "nothing is lost");
  }

  @Test
  void with_one_malformed_reviewer_the_two_others_decide() throws Exception {
    PROVIDER.tell("sim-east/flagship", new Behaviour.Says("{}"));
    JsonNode review = Json.parse(review("two", "\"deadline\":20000").body());
    assertEquals("approve", review.path("decision").asText());
    assertEquals(1, review.path("aggregate").path("votes").path("abstained").asInt());
  }

  @Test
  void an_author_who_is_named_as_a_reviewer_under_an_alias_is_refused_before_anybody_is_asked()
      throws Exception {
    HttpResponse<String> answer =
        review(
            "growth",
            "\"author_models\":[\"sim-north/flagship\"],\"reviewers\":[\"flagship\",\"sim-south/fast\",\"sim-east/fast\"]");
    assertEquals(422, answer.statusCode());
    assertEquals(
        "application/problem+json", answer.headers().firstValue("content-type").orElse(""));
    JsonNode problem = Json.parse(answer.body());
    assertEquals("reviewer_not_independent", problem.path("code").asText());
    assertEquals("flagship", problem.path("excluded").path(0).path("name").asText());
    assertEquals("sim-north/flagship", problem.path("excluded").path(0).path("model").asText());
    assertTrue(PROVIDER.asked().isEmpty());
  }

  @Test
  void what_cannot_be_understood_is_refused_with_a_remedy() throws Exception {
    problem(400, "unsupported_parameter", "\"votes\":[]");
    problem(400, "invalid_verify", "\"verify\":[\"spelling\"]");
    problem(400, "invalid_verify", "\"verify\":[\"max-words\"]");
    problem(400, "invalid_deadline", "\"deadline\":\"soon\"");
    problem(400, "invalid_deadline", "\"deadline\":\"PT11M\"");
    problem(422, "unknown_policy", "\"policy\":\"nobody\"");
    problem(422, "unknown_author_model", "\"author_models\":[\"nobody/knows\"]");
    assertEquals(400, post("growth", "{\"artifact\":{\"type\":\"text\"}}").statusCode());
    assertEquals(400, post("growth", "nothing").statusCode());
    assertEquals(400, get(server.port(), "/v1/reviews?status=lost", "growth").statusCode());
    assertEquals(400, get(server.port(), "/v1/reviews?limit=0", "growth").statusCode());
    assertTrue(PROVIDER.asked().isEmpty());
  }

  @Test
  void the_same_under_the_same_key_is_one_review_and_something_else_is_refused() throws Exception {
    HttpResponse<String> first = keyed("once", "key-1", "\"task\":\"t\"");
    assertEquals(201, first.statusCode(), first.body());
    HttpResponse<String> again = keyed("once", "key-1", "\"task\":\"t\",\"deadline\":\"PT9S\"");
    assertEquals(201, again.statusCode(), again.body());
    assertEquals(Json.parse(first.body()), Json.parse(again.body()));
    assertEquals(3, PROVIDER.asked().size());
    HttpResponse<String> other = keyed("once", "key-1", "\"task\":\"u\"");
    assertEquals(409, other.statusCode(), other.body());
    assertTrue(other.body().contains("idempotency_key_reused"), other.body());
    assertEquals(201, keyed("another", "key-1", "\"task\":\"u\"").statusCode());
    assertEquals(6, PROVIDER.asked().size());
  }

  @Test
  void who_does_not_wait_is_told_where_to_look() throws Exception {
    PROVIDER.tell("sim-east/flagship", new Behaviour.Hangs());
    HttpResponse<String> answer =
        CLIENT.send(
            request(server.port(), "/v1/reviews", "patient")
                .header("content-type", "application/json")
                .header("prefer", "respond-async")
                .POST(HttpRequest.BodyPublishers.ofString(body("\"deadline\":\"PT1S\"")))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(202, answer.statusCode(), answer.body());
    assertEquals("in_review", Json.parse(answer.body()).path("status").asText());
    JsonNode review = awaitReported(path(answer), "patient");
    assertEquals("approve", review.path("decision").asText(), review.toString());
    assertEquals(1, review.path("aggregate").path("votes").path("abstained").asInt());
  }

  @Test
  void a_panel_that_was_left_is_gone_on_with_and_who_has_answered_is_not_asked_again()
      throws Exception {
    PROVIDER.tell(
        "sim-east/flagship",
        new Behaviour.Hangs(),
        new Behaviour.Says(FakeProvider.opinion("reject")));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked = threads.submit(() -> keyed("left", "key-left", "\"deadline\":\"PT60S\""));
      awaitSql(
          "select count(*) from review.seat s join review.review r on r.id = s.review_id where r.team = 'left'",
          2);
      sql(
          "update review.sitting set held_by = 'gone', held_until = now() where review_id = (select id from review.review where team = 'left')");
      // Who asks again, as a caller does whose connection broke, waits for the same review.
      JsonNode review = Json.parse(keyed("left", "key-left", "\"deadline\":\"PT60S\"").body());
      assertEquals("approve", review.path("decision").asText(), review.toString());
      assertEquals(0, review.path("aggregate").path("votes").path("abstained").asInt());
      assertEquals(4, PROVIDER.asked().size(), "two were asked once, and who did not answer twice");
      assertEquals(
          1,
          PROVIDER.asked().stream()
              .filter(call -> call.model().equals("sim-east/flagship"))
              .map(call -> call.headers().get("x-flotilla-idempotency"))
              .distinct()
              .count());
      awaitSql(
          "select 1 - count(*) from review.sitting s join review.review r on r.id = s.review_id where r.team = 'left'",
          1);
      PROVIDER.letGo();
      assertEquals(
          review, Json.parse(asked.get().body()), "the one that was held up says the same");
    }
  }

  private static HttpResponse<String> keyed(String team, String key, String fields)
      throws Exception {
    return CLIENT.send(
        request(server.port(), "/v1/reviews", team)
            .header("content-type", "application/json")
            .header("x-flotilla-idempotency", key)
            .POST(HttpRequest.BodyPublishers.ofString(body(fields)))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode awaitReported(String path, String team) throws Exception {
    Instant end = Instant.now().plus(Duration.ofSeconds(20));
    while (true) {
      JsonNode review = Json.parse(get(server.port(), path, team).body());
      if (!review.path("status").asText().equals("in_review")) {
        return review;
      }
      assertTrue(Instant.now().isBefore(end), review.toString());
    }
  }

  private static void awaitSql(String count, long expected) throws Exception {
    Instant end = Instant.now().plus(Duration.ofSeconds(20));
    long found = -1;
    while (found != expected) {
      assertTrue(Instant.now().isBefore(end), count + " gives " + found);
      try (var connection = DATABASE.connect();
          var statement = connection.createStatement();
          var rows = statement.executeQuery(count)) {
        rows.next();
        found = rows.getLong(1);
      }
    }
  }

  @Test
  void a_panel_that_wants_changes_gets_a_new_version_of_the_author_and_decides_again()
      throws Exception {
    String changes = FakeProvider.opinion("request_changes", "major");
    String fine = FakeProvider.opinion("approve");
    for (String model : List.of("sim-south/flagship", "sim-east/flagship")) {
      PROVIDER.tell(model, new Behaviour.Says(changes), new Behaviour.Says(fine));
    }
    PROVIDER.tell("sim-north/balanced", new Behaviour.Says("the new version"));
    JsonNode review =
        Json.parse(
            review("rounds", "\"policy\":\"twice-same\",\"author_models\":[\"sim-north/balanced\"]")
                .body());
    assertEquals("approve", review.path("decision").asText(), review.toString());
    assertEquals(2, review.path("rounds").asInt());
    assertEquals("the new version", review.path("revised_artifact").asText());
    JsonNode earlier = review.path("earlier_rounds").path(0);
    assertEquals("request_changes", earlier.path("decision").asText());
    assertEquals(3, earlier.path("reviewers").size());
    assertEquals(
        new BigDecimal("0.0000105"), review.path("usage").path("cost").decimalValue(), "7 calls");
    var revision =
        PROVIDER.asked().stream()
            .filter(call -> call.model().equals("sim-north/balanced"))
            .toList();
    assertEquals(1, revision.size());
    assertTrue(revision.getFirst().text().contains("a claim"), revision.getFirst().text());
    assertEquals(
        3,
        PROVIDER.asked().stream()
            .filter(call -> call.text().contains("the new version"))
            .filter(call -> call.headers().get("x-flotilla-idempotency").contains("/round2/"))
            .count());
    assertEquals(
        review,
        Json.parse(
            get(server.port(), "/v1/reviews/" + review.path("id").asText(), "rounds").body()));
  }

  @Test
  void
      a_fresh_panel_is_of_nobody_who_has_seen_the_earlier_version_and_after_the_last_round_changes_stand()
          throws Exception {
    PROVIDER.tellEverybody(new Behaviour.Says(FakeProvider.opinion("request_changes", "major")));
    PROVIDER.tell("sim-north/fast", new Behaviour.Says("the new version"));
    JsonNode review =
        Json.parse(
            review(
                    "fresh",
                    "\"policy\":\"twice-fresh\",\"author_models\":[\"sim-north/fast\"],"
                        + "\"reviewers\":[\"sim-north/flagship\",\"sim-south/flagship\",\"sim-east/flagship\"]")
                .body());
    assertEquals("request_changes", review.path("decision").asText(), review.toString());
    assertEquals(2, review.path("rounds").asInt());
    var first = new HashSet<String>();
    review
        .path("earlier_rounds")
        .path(0)
        .path("reviewers")
        .forEach(reviewer -> first.add(reviewer.path("family").asText()));
    var second = new HashSet<String>();
    review.path("reviewers").forEach(reviewer -> second.add(reviewer.path("family").asText()));
    // Two small families are left besides the author's: too few for another panel of three.
    assertEquals(first, second, "where no fresh panel can be had the same looks again");
  }

  @Test
  void where_the_risk_is_high_only_a_panel_of_one_mind_approves() throws Exception {
    PROVIDER.tell("sim-east/flagship", new Behaviour.Says("{}"));
    JsonNode review = Json.parse(review("risk", "\"risk\":\"high\"").body());
    assertEquals("needs_human", review.path("status").asText(), review.toString());
    assertEquals("approve", review.path("aggregate").path("proposal").asText());
    assertTrue(review.path("aggregate").path("reasons").toString().contains("risk is high"));
    PROVIDER.forget();
    assertEquals(
        "approve",
        Json.parse(review("risk", "\"risk\":\"high\"").body()).path("decision").asText());
    problem(400, "invalid_risk", "\"risk\":\"some\"");
  }

  @Test
  void whoever_was_right_by_what_a_person_found_is_more_reliable() throws Exception {
    PROVIDER.tell(
        "sim-north/flagship", new Behaviour.Says(FakeProvider.opinion("reject", "blocker")));
    for (int i = 0; i < 2; i++) {
      JsonNode review = Json.parse(review("records-of", "\"task\":\"t\"").body());
      assertEquals("needs_human", review.path("status").asText(), review.toString());
      String id = review.path("id").asText();
      HttpResponse<String> decided =
          CLIENT.send(
              request(server.port(), "/v1/reviews/" + id + "/decision", "records-of")
                  .header("content-type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString("{\"decision\":\"reject\"}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertEquals(200, decided.statusCode(), decided.body());
      JsonNode events =
          Json.parse(get(server.port(), "/v1/reviews/" + id + "/events", "records-of").body());
      var actions = new ArrayList<String>();
      events.path("data").forEach(event -> actions.add(event.path("action").asText()));
      assertEquals("begun", actions.getFirst(), events.toString());
      assertTrue(actions.containsAll(List.of("escalated", "asked", "decided")), events.toString());
      assertEquals(404, get(server.port(), "/v1/reviews/" + id + "/events", "other").statusCode());
    }
    JsonNode reviewers =
        Json.parse(get(server.port(), "/v1/reviewers", "records-of").body()).path("data");
    assertEquals(3, reviewers.size(), reviewers.toString());
    for (JsonNode reviewer : reviewers) {
      boolean right = reviewer.path("model").asText().equals("sim-north/flagship");
      assertEquals(right ? 2 : 0, reviewer.path("objections_right").asInt(), reviewer.toString());
      assertEquals(right ? 0 : 2, reviewer.path("missed").asInt(), reviewer.toString());
      assertEquals(right ? 0.75 : 0.25, reviewer.path("recall").asDouble(), reviewer.toString());
    }
    assertEquals(
        0, Json.parse(get(server.port(), "/v1/reviewers", "other").body()).path("data").size());
    assertTrue(get(server.port(), "/v1/review-policies", "growth").body().contains("two-of-three"));
  }

  @Test
  void a_list_goes_on_where_its_last_page_ended() throws Exception {
    for (int i = 0; i < 3; i++) {
      review("pages", "\"task\":\"t\"");
    }
    JsonNode first = Json.parse(get(server.port(), "/v1/reviews?limit=2", "pages").body());
    assertTrue(first.path("has_more").asBoolean());
    JsonNode second =
        Json.parse(
            get(
                    server.port(),
                    "/v1/reviews?limit=2&after=" + first.path("last_id").asText(),
                    "pages")
                .body());
    assertEquals(1, second.path("data").size());
    assertFalse(second.path("has_more").asBoolean());
  }

  @Test
  void a_review_whose_instance_is_gone_has_expired() throws Exception {
    sql(
        "insert into review.review (id, team, status, ends_by, body) values ('rev_9', 'gone', 'in_review', now() - interval '1 s', '{}')");
    assertTrue(get(server.port(), "/v1/reviews?status=expired", "gone").body().contains("rev_9"));
  }

  @Test
  void decisions_are_counted_by_policy_from_zero_on() throws Exception {
    String series = "decided_by=\"policy\",decision=\"reject\"";
    double before = decisions(series);
    String reject = FakeProvider.opinion("reject");
    for (String model : List.of("sim-north/flagship", "sim-south/flagship", "sim-east/flagship")) {
      PROVIDER.tell(model, new Behaviour.Says(reject));
    }
    review("counted", "\"task\":\"t\"");
    assertEquals(before + 1, decisions(series));
    decisions("decision=\"request_changes\"");
  }

  @Test
  void each_reviewer_is_a_span_of_the_callers_trace_and_none_tells_the_artifact() throws Exception {
    review("traced", "\"task\":\"t\"");
    String trace = "0af7651916cd43dd8448eb211c80319c";
    List<ReceivedSpan> spans =
        TRACES.awaitSpans(
            all ->
                all.stream()
                        .filter(
                            s -> s.attributes().getOrDefault("flotilla.team", "").equals("traced"))
                        .count()
                    == 3,
            Duration.ofSeconds(10));
    for (ReceivedSpan span : spans) {
      assertFalse(span.toString().contains(SECRET));
    }
    List<ReceivedSpan> ours =
        spans.stream()
            .filter(s -> s.attributes().getOrDefault("flotilla.team", "").equals("traced"))
            .toList();
    assertEquals(
        Set.of(
            "review sim-north/flagship", "review sim-south/flagship", "review sim-east/flagship"),
        Set.copyOf(ours.stream().map(ReceivedSpan::name).toList()));
    for (ReceivedSpan span : ours) {
      assertEquals(trace, span.traceId());
      assertEquals("b7ad6b7169203331", span.parentSpanId());
      assertTrue(
          PROVIDER.asked().stream()
              .anyMatch(a -> a.headers().get("traceparent").contains(span.spanId())),
          "the provider's spans are below it");
    }
  }

  @Test
  void it_is_alive_ready_and_started_on_the_management_port_only() throws Exception {
    for (String check : new String[] {"live", "ready", "started"}) {
      assertEquals(200, get(opsPort, "/health/" + check, "growth").statusCode());
      assertEquals(404, get(server.port(), "/health/" + check, "growth").statusCode());
    }
    assertTrue(get(server.port(), "/openapi", "growth").body().contains("/v1/reviews"));
  }

  @Test
  void a_team_sees_its_own_reviews() throws Exception {
    insert("rev_1", "growth", "pending", "null");
    insert("rev_2", "other", "pending", "null");
    String body = get(server.port(), "/v1/reviews", "growth").body();
    assertTrue(body.contains("\"id\":\"rev_1\"") && body.contains("\"rounds\":1"), body);
    assertTrue(!body.contains("rev_2"), body);
  }

  @Test
  void the_age_of_the_queue_is_a_metric_from_the_start() throws Exception {
    String metrics = get(opsPort, "/metrics", "growth").body();
    assertTrue(
        metrics.lines().anyMatch(line -> line.startsWith("review_queue_oldest_seconds{")), metrics);
  }

  @Test
  void a_decided_review_is_not_changed() throws Exception {
    insert("rev_3", "judges", "decided", "'approve'");
    assertThrows(
        SQLException.class,
        () -> sql("update review.review set decision = 'reject' where id = 'rev_3'"));
    assertThrows(SQLException.class, () -> sql("delete from review.review where id = 'rev_3'"));
  }

  private static double decisions(String series) throws Exception {
    String metrics = get(opsPort, "/metrics", "growth").body();
    return metrics
        .lines()
        .filter(line -> line.startsWith("review_decisions_total{") && line.contains(series))
        .filter(line -> line.contains("policy=\"two-of-three\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(metrics));
  }

  private static String path(HttpResponse<String> answer) {
    return URI.create(answer.headers().firstValue("location").orElse("")).getPath();
  }

  private static void problem(int status, String code, String fields) throws Exception {
    HttpResponse<String> answer = review("growth", fields);
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals(code, Json.parse(answer.body()).path("code").asText());
  }

  private static HttpResponse<String> review(String team, String fields) throws Exception {
    return post(team, body(fields));
  }

  private static String body(String fields) {
    return "{\"artifact\":{\"type\":\"text\",\"content\":\"%s\"},\"plan\":[\"is right\"],%s}"
        .formatted(SECRET, fields);
  }

  private static HttpResponse<String> post(String team, String body) throws Exception {
    return CLIENT.send(
        request(server.port(), "/v1/reviews", team)
            .header("content-type", "application/json")
            .header("x-request-id", "req_test")
            .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static void insert(String id, String team, String status, String decision)
      throws SQLException {
    sql(
        "insert into review.review (id, team, status, decision, decided_at, body) values ('%s', '%s', '%s', %s, %s, '{\"rounds\":1}')"
            .formatted(id, team, status, decision, decision.equals("null") ? "null" : "now()"));
  }

  private static void sql(String statement) throws SQLException {
    try (var connection = DATABASE.connect();
        var open = connection.createStatement()) {
      open.executeUpdate(statement);
    }
  }

  private static HttpResponse<String> get(int port, String path, String team)
      throws IOException, InterruptedException {
    return CLIENT.send(request(port, path, team).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(int port, String path, String team) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("authorization", "Bearer " + TOKEN)
        .header("x-flotilla-team", team)
        .header("x-flotilla-key", "k_test")
        .header("x-flotilla-roles", "caller")
        .header("x-flotilla-models", "*");
  }
}
