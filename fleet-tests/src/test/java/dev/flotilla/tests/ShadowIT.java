package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.OTHER_KEY;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Alpha answers; whether beta is good enough for bulk work and gamma for structured work is found
 * out beside it.
 */
class ShadowIT {
  /** As many pairs as are wanted before anything is decided. */
  private static final int ENOUGH = 100;

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static FleetUnderTest fleet;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.writeString(
        config.resolve("routing.yaml"),
        FleetUnderTest.routing().replace("[alpha/m, beta/m]", "[alpha/m]")
            + """
            learning:
              share: 1
              budget_usd_per_day: 1
              judge: validators
              cheaper: {bulk: [beta/m], structured: [gamma/m]}
            """);
    fleet = FleetUnderTest.start(folder);
    fleet.beta.always(Behaviour.says("well done"));
    fleet.awaitLearning(
        "auto/bulk\", \"route\": {\"validate\": {\"rules\": [{\"rule\": \"text.size() > 0\"}]}}, \"user\": \"a");
  }

  @AfterAll
  static void close() {
    fleet.close();
  }

  @BeforeEach
  void upstreamsAreWell() {
    fleet.alpha.always(Behaviour.says("well done"));
    fleet.beta.always(Behaviour.says("well done"));
    fleet.gamma.always(Behaviour.says("no idea"));
  }

  private static HttpResponse<String> ask(String type, String id) {
    HttpResponse<String> answer =
        fleet.chat(
            KEY,
            """
            {"model": "auto/%s", "messages": [{"role": "user", "content": "%s"}],
             "route": {"validate": {"rules": [{"rule": "text.contains('well done')"}]}}}"""
                .formatted(type, UUID.randomUUID()),
            "x-request-id",
            id);
    assertEquals(200, answer.statusCode(), answer.body());
    return answer;
  }

  private static void askMany(String type, int times) throws Exception {
    try (var callers = Executors.newFixedThreadPool(4)) {
      var asked = new ArrayList<Future<?>>();
      for (int i = 0; i < times; i++) {
        asked.add(callers.submit(() -> ask(type, "many-" + UUID.randomUUID())));
      }
      for (Future<?> each : asked) {
        each.get();
      }
    }
  }

  /**
   * Asks until so many pairs decided it: a request finds no place to be compared in when too many
   * are being compared.
   */
  private static void askUntil(String type, String standing) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    do {
      assertTrue(System.nanoTime() < end, lesson(type).toString());
      askMany(type, 20);
    } while (!lesson(type).path("standing").asText().equals(standing));
  }

  /** What is known about the one candidate of a kind of work; missing before the first pair. */
  private static JsonNode lesson(String type) {
    HttpResponse<String> told;
    int asked = 0;
    do {
      told = fleet.look(KEY, "/v1/learning");
      // With hundreds of pairs at once on a busy machine: who finds no connection asks again.
    } while (told.statusCode() == 503 && ++asked < 20);
    assertEquals(200, told.statusCode(), told.body());
    for (JsonNode lesson : json(told.body()).path("lessons")) {
      if (lesson.path("task_type").asText().equals(type)) {
        return lesson;
      }
    }
    return FleetUnderTest.JSON.missingNode();
  }

  private static void awaitFirst(String provider) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (true) {
      HttpResponse<String> preview =
          fleet.post(
              KEY,
              "/v1/route",
              "{\"model\": \"auto/bulk\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}");
      if (json(preview.body()).at("/candidates/0/provider").asText().equals(provider)) {
        return;
      }
      assertTrue(System.nanoTime() < end, preview.body());
    }
  }

  @Test
  void a_model_that_is_good_enough_is_asked_first_and_no_longer_when_it_has_become_worse()
      throws Exception {
    String id = "shadowed-" + UUID.randomUUID();
    HttpResponse<String> answer = ask("bulk", id);
    assertEquals("alpha", header(answer, "x-provider"));
    fleet.awaitRows("request_id = '" + id + "' and origin = 'shadow' and state = 'settled'", 1);
    fleet.awaitRows("request_id = '" + id + "' and origin = 'chat' and state = 'settled'", 1);
    assertEquals(
        nanos(id, "chat"),
        new BigDecimal(header(answer, "x-cost-usd")).movePointRight(9).longValueExact(),
        "who asked for one answer is told the price of one");
    fleet.awaitRows("cost.decision", "request_id = '" + id + "'", 1);
    assertEquals(
        json("[{\"from\": \"shadow\", \"says\": \"beta/m\", \"value\": 1.0}]"),
        fleet.get(KEY, "/v1/requests/" + id).path("signals"));

    askUntil("bulk", "promoted");
    awaitFirst("beta");
    assertEquals("beta", header(ask("bulk", "promoted-" + UUID.randomUUID()), "x-provider"));
    fleet.awaitRows("router.learned", "task_type = 'bulk' and requests > 0", 1);
    JsonNode lesson = lesson("bulk");
    assertEquals("promoted", lesson.path("standing").asText());
    assertEquals(1.0, lesson.path("quality").asDouble());
    assertTrue(lesson.path("shadow_cost_usd").decimalValue().signum() > 0, lesson.toString());

    // Every shadow is in the ledger, and what is learned is less what it cost.
    JsonNode savings = fleet.get(KEY, "/v1/costs/savings");
    assertTrue(
        overhead(savings).compareTo(lesson.path("shadow_cost_usd").decimalValue()) >= 0,
        savings.toString());

    fleet.beta.always(Behaviour.says("no idea"));
    assertEquals("alpha", header(ask("bulk", "worse-" + UUID.randomUUID()), "x-provider"));
    askUntil("bulk", "unknown");
    awaitFirst("alpha");
  }

  @Test
  void a_model_that_is_not_good_enough_is_not_paid_any_more() throws Exception {
    askUntil("structured", "rejected");
    long compared = (long) fleet.metric(Service.ROUTER, "llm_router_shadows_total", "compared");
    // The router looks every two seconds; what it asked before that is asked.
    long end = System.nanoTime() + 20_000_000_000L;
    long before;
    do {
      assertTrue(System.nanoTime() < end, "gamma is asked and asked");
      before = fleet.gamma.requests();
      askMany("structured", 5);
    } while (fleet.gamma.requests() > before);
    assertTrue(compared >= ENOUGH, "compared " + compared);
  }

  @Test
  void what_callers_say_is_kept_and_the_last_word_counts() throws Exception {
    String id = "judged-" + UUID.randomUUID();
    ask("bulk", id);
    fleet.awaitRows("cost.decision", "request_id = '" + id + "'", 1);
    HttpResponse<String> good = say("{\"request_id\": \"" + id + "\", \"label\": \"good\"}");
    assertEquals(200, good.statusCode(), good.body());
    assertEquals(1, json(good.body()).path("score").asInt());
    assertEquals(false, json(good.body()).path("replaced").asBoolean());
    HttpResponse<String> second = say("{\"request_id\": \"" + id + "\", \"score\": 0.25}");
    assertEquals(true, json(second.body()).path("replaced").asBoolean());
    fleet.awaitRows("router.feedback", "request_id = '" + id + "' and score = 0.25", 1);

    assertEquals(404, say("{\"request_id\": \"nobodys\", \"label\": \"good\"}").statusCode());
    assertEquals(
        404,
        fleet
            .post(OTHER_KEY, "/v1/feedback", "{\"request_id\": \"" + id + "\", \"label\": \"bad\"}")
            .statusCode(),
        "a request of another team");
    for (String bad :
        new String[] {
          "{",
          "{}",
          "{\"request_id\": \"x\"}",
          "{\"request_id\": \"x\", \"score\": 7}",
          "{\"request_id\": \"x\", \"label\": \"fine\"}",
          "{\"request_id\": \"x\", \"label\": \"good\", \"score\": 1}",
          "{\"label\": \"good\"}"
        }) {
      assertEquals(400, say(bad).statusCode(), bad);
    }
  }

  private static HttpResponse<String> say(String body) {
    return fleet.post(KEY, "/v1/feedback", body);
  }

  private static BigDecimal overhead(JsonNode savings) {
    return savings.at("/results/0/overhead/shadow/usd").decimalValue();
  }

  private static long nanos(String id, String origin) throws SQLException {
    try (var connection = fleet.ledger();
        var query =
            connection.prepareStatement(
                "select sum(cost_nanos) from cost.attempt where request_id = ? and origin = ?")) {
      query.setString(1, id);
      query.setString(2, origin);
      try (var rows = query.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
