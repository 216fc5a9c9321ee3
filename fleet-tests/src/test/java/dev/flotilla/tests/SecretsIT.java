package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.ADMIN_KEY;
import static dev.flotilla.tests.FleetUnderTest.ALPHA_KEY;
import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.OTHER_KEY;
import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.askStreaming;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What callers and models say, and what opens doors, is found nowhere afterwards but where it is
 * kept on purpose: the answer cache and the record of a review.
 */
@ExtendWith(SharedFleet.class)
class SecretsIT {
  private static final String TRACE = "0af7651916cd43dd8448eb211c8" + "0";

  private final FleetUnderTest fleet;
  private final String mark = UUID.randomUUID().toString().substring(0, 8);
  private final String prompt = "promptcanary" + mark;
  private final String answer = "answercanary" + mark;
  private final String unknownKey = "sk-keycanary" + mark;
  private final List<String> errors = new ArrayList<>();
  private final String token = TokenIssuer.token("growth", TokenIssuer.AUDIENCE, "\"caller\"");
  private String issuedKey = "";
  private int requests;

  SecretsIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  void no_prompt_no_answer_and_no_key_is_in_logs_metrics_spans_errors_or_the_ledger()
      throws Exception {
    answersWholeStreamedAndFromTheCache();
    failures();
    refusals();
    credentials();
    review();
    awaitEverythingWritten();

    for (var secret : secrets().entrySet()) {
      for (var place : places().entrySet()) {
        assertFalse(
            place.getValue().contains(secret.getValue()),
            () -> secret.getKey() + " is in " + place.getKey() + excerpt(place, secret));
      }
    }
  }

  private Map<String, String> secrets() {
    return Map.of(
        "the prompt", prompt,
        "the answer", answer,
        "a caller's key", KEY,
        "an unknown key", unknownKey,
        "the service token", environment("FLOTILLA_SERVICE_TOKEN"),
        "the cache's secret", environment("FLOTILLA_CACHE_SECRET"),
        "the provider's key", ALPHA_KEY,
        "the provider's key in a file", SharedFleet.BETA_KEY,
        "an issued key", issuedKey,
        "a token", token.substring(token.lastIndexOf('.')));
  }

  private String environment(String name) {
    String value = fleet.fleet.environment(Service.ROUTER).getOrDefault(name, "");
    assertTrue(value.length() >= 32, name + " is not set");
    return value;
  }

  private void answersWholeStreamedAndFromTheCache() {
    fleet.alpha.always(Behaviour.says("Well, " + answer + "."));
    String whole = ask("auto", "whole " + prompt);
    assertTrue(expect(200, send(KEY, whole)).contains(answer));
    assertTrue(expect(200, send(KEY, whole)).contains(answer));
    assertTrue(expect(200, send(KEY, askStreaming("auto", "stream " + prompt))).contains("canary"));
    assertEquals("Bearer " + ALPHA_KEY, fleet.alpha.lastRequest().headers().get("authorization"));
    assertTrue(fleet.alpha.lastRequest().body().contains(prompt));
  }

  private void failures() {
    fleet.alpha.next(1, Behaviour.status(503));
    expect(200, send(KEY, ask("auto", "fall back " + prompt)));
    fleet.alpha.next(1, Behaviour.cutAfter(2));
    assertTrue(
        expect(200, send(KEY, askStreaming("auto", "broken and long enough " + prompt)))
            .contains("event: error"));
    fleet.alpha.next(4, Behaviour.badJson());
    fleet.beta.next(4, Behaviour.hangUp());
    errors.add(expect(503, send(KEY, ask("auto", "nobody " + prompt))));
    fleet.alpha.next(1, Behaviour.status(400));
    HttpResponse<String> rejected = send(KEY, ask("alpha/m", "rejected " + prompt));
    assertTrue(rejected.statusCode() >= 400, rejected.body());
    errors.add(rejected.body());
    fleet.alpha.always(Behaviour.ok());
    fleet.beta.always(Behaviour.ok());
  }

  private void refusals() {
    errors.add(expect(401, send(unknownKey, ask("auto", prompt))));
    errors.add(expect(400, send(KEY, "{\"model\":" + prompt + "}")));
    errors.add(expect(400, send(KEY, "{\"model\":\"auto\",\"messages\":[\"" + prompt + "\"]}")));
    errors.add(expect(400, send(KEY, "{\"" + prompt + "\":1,\"" + prompt + "\":2}")));
    errors.add(expect(400, send(KEY, "{\"model\":\"auto\",\"stream\":\"" + prompt + "\"}")));
    errors.add(expect(413, send(KEY, ask("auto", prompt + "x".repeat(10_000_001)))));
    errors.add(expect(404, send(KEY, ask("alpha/nobody", prompt))));
  }

  /** A key that is issued, used, replaced and revoked, a token, and one that is forged. */
  private void credentials() throws IOException {
    String issued =
        expect(201, fleet.post(ADMIN_KEY, "/v1/keys", "{\"team\":\"growth\",\"name\":\"canary\"}"));
    issuedKey = FleetUnderTest.JSON.readTree(issued).path("key").asText();
    String id = FleetUnderTest.JSON.readTree(issued).path("id").asText();
    expect(200, send(issuedKey, ask("beta/m", "by an issued key " + prompt)));
    expect(200, send(token, ask("alpha/m", "by a token " + prompt)));
    expect(200, fleet.post(ADMIN_KEY, "/v1/keys/" + id + "/rotate", "{\"overlap_seconds\":0}"));
    errors.add(expect(401, send(issuedKey.substring(0, 30), ask("auto", prompt))));
    errors.add(expect(401, send(token + "x", ask("auto", prompt))));
    errors.add(fleet.getText(ADMIN_KEY, "/v1/keys?limit=1000"));
    errors.add(fleet.getText(ADMIN_KEY, "/v1/audit?limit=1000"));
    errors.add(expect(400, fleet.post(ADMIN_KEY, "/v1/keys", "{\"key\":\"" + unknownKey + "\"}")));
  }

  private void review() {
    String body =
        """
        {"artifact": {"type": "text", "content": "%s"}, "task": "Judge %s.", "plan": ["is short %s"],
         "author_models": ["alpha/m"], "policy": "two-of-three",
         "reviewers": ["sim-north/flagship", "sim-south/flagship", "sim-east/flagship"]}"""
            .formatted(prompt, prompt, prompt);
    assertEquals(201, fleet.post(KEY, "/v1/reviews", body).statusCode());
    HttpResponse<String> refused =
        fleet.post(OTHER_KEY, "/v1/reviews", "{\"artifact\":" + prompt + "}");
    assertTrue(refused.statusCode() >= 400, refused.body());
    errors.add(refused.body());
  }

  /** Every request is sampled, so that its spans are exported. */
  private HttpResponse<String> send(String key, String body) {
    String trace = TRACE + "%04x".formatted(++requests);
    return fleet.chat(
        key, body, "traceparent", "00-" + trace + "-b7ad6b7169203331-01", "x-request-id", id());
  }

  private String id() {
    return "secret-" + mark + "-" + requests;
  }

  private static String expect(int status, HttpResponse<String> response) {
    assertEquals(status, response.statusCode(), response.body());
    return response.body();
  }

  /** A last request whose row and spans are there has those of all others before it. */
  private void awaitEverythingWritten() throws Exception {
    expect(200, send(KEY, ask("auto", "the last one " + prompt)));
    fleet.awaitRows("request_id = '" + id() + "' and state = 'settled'", 1);
    fleet.awaitRows("cost.decision", "request_id = '" + id() + "'", 1);
    fleet.awaitRows("origin = 'review' and state = 'settled'", 3);
    String last = TRACE + "%04x".formatted(requests);
    fleet.spans.awaitSpans(
        spans ->
            Stream.of("router-service", "provider-service", "cost-service")
                .allMatch(
                    service ->
                        spans.stream()
                            .anyMatch(
                                s -> s.traceId().equals(last) && s.service().equals(service))),
        Duration.ofSeconds(30));
  }

  private Map<String, String> places() throws Exception {
    var places = new TreeMap<String, String>();
    places.put("an error body", String.join("\n", errors));
    places.put("the spans", fleet.spans.spans().toString());
    for (Service service : Service.values()) {
      places.put(
          "the metrics of " + service,
          fleet
              .http
              .send(
                  HttpRequest.newBuilder(fleet.fleet.opsUrl(service).resolve("/metrics")).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body());
    }
    logs(places);
    ledger(places);
    return places;
  }

  private void logs(Map<String, String> places) throws IOException {
    try (Stream<Path> logs = Files.list(fleet.fleet.stateDirectory().resolve("logs"))) {
      for (Path log : logs.toList()) {
        places.put("log " + log.getFileName(), Files.readString(log, StandardCharsets.ISO_8859_1));
      }
    }
    assertTrue(places.containsKey("log router.log"), places.keySet().toString());
  }

  /** Every row of every table of the ledger, as text. */
  private void ledger(Map<String, String> places) throws SQLException {
    try (Connection connection = fleet.ledger()) {
      var tables = new ArrayList<String>();
      try (ResultSet found = connection.getMetaData().getTables(null, "cost", "%", null)) {
        while (found.next()) {
          String type = found.getString("TABLE_TYPE");
          // Nothing at all for what the driver has no word for, such as a partitioned index.
          if (Objects.equals(type, "TABLE") || Objects.equals(type, "PARTITIONED TABLE")) {
            tables.add("cost.\"" + found.getString("TABLE_NAME") + "\"");
          }
        }
      }
      assertTrue(tables.contains("cost.\"attempt\""), tables.toString());
      for (String table : tables) {
        // Whole tables are long after other tests; only rows with a secret or our mark are wanted.
        String wanted =
            "select t::text from %s t, unnest(?::text[]) w where strpos(t::text, w) > 0 limit 1000";
        try (var query = connection.prepareStatement(wanted.formatted(table))) {
          var words = new ArrayList<>(secrets().values());
          words.add("secret-" + mark);
          query.setArray(1, connection.createArrayOf("text", words.toArray()));
          ResultSet rows = query.executeQuery();
          var text = new StringBuilder();
          while (rows.next()) {
            text.append(rows.getString(1)).append('\n');
          }
          places.put("table " + table, text.toString());
        }
      }
      assertTrue(places.get("table cost.\"attempt\"").contains("secret-" + mark));
    }
  }

  private static String excerpt(Map.Entry<String, String> place, Map.Entry<String, String> secret) {
    int at = place.getValue().indexOf(secret.getValue());
    int from = Math.max(0, at - 300);
    return ": …" + place.getValue().substring(from, Math.min(place.getValue().length(), at + 100));
  }
}
