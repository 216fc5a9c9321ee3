package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.ADMIN_KEY;
import static dev.flotilla.tests.FleetUnderTest.JSON;
import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.ask;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.Service;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Keys and tokens of a running fleet: nobody restarts anything for them. */
@ExtendWith(SharedFleet.class)
class CredentialsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final FleetUnderTest fleet;
  private final String mark = UUID.randomUUID().toString().substring(0, 8);

  CredentialsIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  void an_issued_key_asks_pays_and_ends_and_all_of_it_is_on_record() throws Exception {
    HttpResponse<String> answer =
        fleet.post(
            ADMIN_KEY,
            "/v1/keys",
            "{\"team\":\"growth\",\"models\":[\"alpha/*\"],\"name\":\"%s\"}".formatted(mark));
    assertEquals(201, answer.statusCode(), answer.body());
    JsonNode issued = JSON.readTree(answer.body());
    String key = issued.path("key").asText();
    String id = issued.path("id").asText();
    String request = "issued-" + mark;
    assertEquals(
        200,
        fleet.chat(key, ask("alpha/m", "hello " + mark), "x-request-id", request).statusCode());
    assertEquals(403, fleet.chat(key, ask("beta/m", "hello")).statusCode());
    fleet.awaitRows("request_id = '" + request + "' and key_id = '" + id + "'", 1);
    assertFalse(fleet.getText(ADMIN_KEY, "/v1/keys?limit=1000").contains(key));
    assertEquals(200, delete("/v1/keys/" + id).statusCode());
    assertEquals(401, fleet.chat(key, ask("alpha/m", "hello")).statusCode());

    JsonNode trail = fleet.get(ADMIN_KEY, "/v1/audit?limit=1000").path("data");
    assertEquals("key.revoke 200", found(trail, "key.revoke", "/v1/keys/" + id));
    assertEquals("key.issue 201", found(trail, "key.issue", "/v1/keys/" + id));
    assertFalse(trail.toString().contains(key));
  }

  @Test
  void what_an_administrator_does_with_budgets_is_on_record_even_when_it_is_refused() {
    String path = "/v1/budgets/team:" + mark;
    HttpResponse<String> set =
        send(
            request(ADMIN_KEY, path)
                .PUT(
                    HttpRequest.BodyPublishers.ofString("{\"limit_usd\":5,\"period\":\"month\"}")));
    assertEquals(200, set.statusCode(), set.body());
    assertEquals(200, delete(path).statusCode());
    HttpResponse<String> refused =
        send(
            request(ADMIN_KEY, path)
                .PUT(HttpRequest.BodyPublishers.ofString("{\"limit_usd\":-1}")));
    assertEquals(400, refused.statusCode(), refused.body());
    JsonNode trail = fleet.get(ADMIN_KEY, "/v1/audit?limit=1000&key=k_administrator").path("data");
    assertEquals("budget.set 400", found(trail, "budget.set", path));
    assertEquals("budget.remove 200", found(trail, "budget.remove", path));
    assertTrue(trail.toString().contains("\\\"limit_usd\\\":5"));
  }

  @Test
  void a_token_of_the_issuer_is_as_good_as_a_key_and_pays_for_its_own_team() throws Exception {
    String request = "token-" + mark;
    String token = TokenIssuer.token("growth", TokenIssuer.AUDIENCE, "\"caller\"");
    HttpResponse<String> answer =
        fleet.chat(token, ask("alpha/m", "token " + mark), "x-request-id", request);
    assertEquals(200, answer.statusCode(), answer.body());
    fleet.awaitRows("request_id = '" + request + "' and key_id = 'jwt:ann' and team = 'growth'", 1);
    assertEquals(403, fleet.post(token, "/v1/keys", "{}").statusCode());
    String admin = TokenIssuer.token("platform", TokenIssuer.AUDIENCE, "\"admin\"");
    assertEquals(400, fleet.post(admin, "/v1/keys", "{}").statusCode());
    HttpResponse<String> forElsewhere =
        fleet.chat(TokenIssuer.token("growth", "elsewhere", "\"caller\""), ask("alpha/m", "x"));
    assertEquals(401, forElsewhere.statusCode());
    assertTrue(forElsewhere.body().contains("invalid_token"), forElsewhere.body());
  }

  @Test
  void the_key_file_is_changed_while_the_router_runs() throws Exception {
    Path file = Path.of(fleet.fleet.environment(Service.ROUTER).get("FLOTILLA_KEYS_FILE"));
    String before = Files.readString(file);
    String key = "sk-written-" + mark;
    try {
      Files.writeString(
          file, FleetUnderTest.key("k_" + mark, key, "growth", ""), StandardOpenOption.APPEND);
      await("the new key opens", () -> fleet.chat(key, ask("alpha/m", "hi")).statusCode() == 200);
      Files.writeString(file, "no list of keys");
      await(
          "the broken file is noticed",
          () -> fleet.metric(Service.ROUTER, "llm_router_key_file_stale") == 1);
      assertEquals(
          200, fleet.chat(key, ask("alpha/m", "hi")).statusCode(), "the last good keys hold");
    } finally {
      Files.writeString(file, before);
    }
    await("it opens no more", () -> fleet.chat(key, ask("alpha/m", "hi")).statusCode() == 401);
    await(
        "all is well again", () -> fleet.metric(Service.ROUTER, "llm_router_key_file_stale") == 0);
    assertEquals(200, fleet.chat(KEY, ask("alpha/m", "hi")).statusCode());
  }

  @Test
  void a_providers_key_is_changed_in_its_file_while_the_service_runs() throws Exception {
    Path file = Path.of(fleet.fleet.environment(Service.PROVIDER).get("BETA_KEY_FILE"));
    try {
      Files.writeString(file, "sk-beta-" + mark);
      await("beta is shown its new key", () -> shownToBeta().equals("Bearer sk-beta-" + mark));
    } finally {
      Files.writeString(file, SharedFleet.BETA_KEY);
    }
    await("and the old one again", () -> shownToBeta().equals("Bearer " + SharedFleet.BETA_KEY));
  }

  private String shownToBeta() {
    HttpResponse<String> answer =
        fleet.chat(KEY, ask("beta/m", "who are you " + UUID.randomUUID()));
    assertEquals(200, answer.statusCode(), answer.body());
    return String.valueOf(fleet.beta.lastRequest().headers().get("authorization"));
  }

  /** What became of it: the newest such action. */
  private static String found(JsonNode trail, String action, String target) {
    for (JsonNode event : trail) {
      if (event.path("action").asText().equals(action)
          && event.path("target").asText().equals(target)) {
        assertEquals("k_administrator", event.path("key").asText());
        return action + " " + event.path("status").asInt();
      }
    }
    return "not there";
  }

  private HttpResponse<String> delete(String path) {
    return send(request(ADMIN_KEY, path).DELETE());
  }

  private HttpRequest.Builder request(String key, String path) {
    return HttpRequest.newBuilder(fleet.fleet.url().resolve(path))
        .timeout(PATIENCE)
        .header("content-type", "application/json")
        .header("authorization", "Bearer " + key);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return fleet.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(String what, Callable<Boolean> holds) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!holds.call()) {
      assertTrue(System.nanoTime() < end, what);
      Thread.sleep(50);
    }
  }
}
