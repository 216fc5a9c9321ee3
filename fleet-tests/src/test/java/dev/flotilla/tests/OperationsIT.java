package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What those see and do who run the fleet. */
@ExtendWith(SharedFleet.class)
class OperationsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FleetUnderTest fleet;

  OperationsIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  void a_provider_that_fails_shows_what_it_did_and_to_which_request() throws Exception {
    JsonNode before = provider("alpha");
    fleet.alpha.always(Behaviour.status(500));
    HttpResponse<String> answer = fleet.chat(FleetUnderTest.ask("auto", "operators: elsewhere?"));
    assertEquals(200, answer.statusCode(), answer.body());
    String request = answer.headers().firstValue("x-request-id").orElseThrow();
    Instant end = Instant.now().plus(PATIENCE);
    JsonNode alpha = provider("alpha");
    // Its attempt and its decision arrive within a second or so.
    while (!alpha.at("/last_error/request_id").asText().equals(request)
        || alpha.path("answers_1h").asLong() == before.path("answers_1h").asLong()) {
      assertTrue(Instant.now().isBefore(end), alpha.toString());
      Thread.sleep(50);
      alpha = provider("alpha");
    }
    assertEquals("server_error", alpha.at("/last_error/kind").asText());
    assertEquals("alpha/m", alpha.at("/last_error/model").asText());
    assertTrue(alpha.path("fallback_rate_1h").asDouble() > 0, alpha.toString());
    assertTrue(alpha.at("/fallback_reasons/server_error").asLong() > 0, alpha.toString());
    assertTrue(alpha.path("error_rate_1h").asDouble() > 0, alpha.toString());
    assertEquals(0.05, alpha.path("threshold").asDouble());
    assertEquals("closed", alpha.path("circuit").asText(), "here circuits never open");
    assertFalse(alpha.toString().contains("operators:"), "nobody's words");
    JsonNode beta = provider("beta");
    assertTrue(beta.at("/latency_ms/p95").asLong(-1) >= 0, beta.toString());
    JsonNode page = fleet.get(FleetUnderTest.ADMIN_KEY, "/v1/providers");
    assertEquals(
        "{\"provider_service\":{\"answered\":1,\"silent\":[]},\"ledger\":\"answered\"}",
        page.path("sources").toString());
    assertTrue(page.at("/fleet/fallback_rate_1h").asDouble() > 0, page.toString());
  }

  @Test
  void a_caller_is_told_which_role_it_takes() throws Exception {
    for (String path : new String[] {"/v1/providers", "/v1/config"}) {
      HttpResponse<String> refused =
          send("GET", fleet.fleet.url().resolve(path), FleetUnderTest.KEY);
      assertEquals(403, refused.statusCode());
      assertTrue(refused.body().contains("admin or operator"), refused.body());
    }
  }

  @Test
  void the_configuration_is_shown_without_its_secrets() throws Exception {
    String text = fleet.getText(FleetUnderTest.ADMIN_KEY, "/v1/config");
    JsonNode config = FleetUnderTest.json(text);
    assertTrue(config.path("hash").asText().startsWith("sha256:"), text);
    assertEquals(
        config.path("hash"), fleet.get(FleetUnderTest.ADMIN_KEY, "/v1/config").path("hash"));
    JsonNode settings = config.path("settings");
    assertEquals("***", settings.at("/flotilla.service.token/value").asText());
    assertEquals("***", settings.at("/flotilla.cache.secret/value").asText());
    assertEquals("***", settings.at("/flotilla.postgres.password/value").asText());
    assertEquals("PT1H", settings.at("/flotilla.cache.keep/value").asText());
    assertTrue(settings.at("/flotilla.cache.keep/default").asBoolean());
    assertFalse(settings.at("/flotilla.redis.url/default").asBoolean(true), text);
    assertTrue(config.at("/files/routing.yaml").asText().startsWith("sha256:"), text);
    assertEquals(
        fleet.get(FleetUnderTest.ADMIN_KEY, "/v1/prices").path("version"),
        config.at("/versions/catalog"),
        text);
  }

  @Test
  void a_drained_provider_is_asked_by_nobody_until_that_is_ended() throws Exception {
    URI drain = ops("/admin/providers/alpha/drain");
    assertEquals(401, send("POST", drain, "sk-nobody").statusCode());
    assertEquals(403, send("POST", drain, FleetUnderTest.KEY).statusCode());
    assertEquals(
        404,
        send("POST", ops("/admin/providers/zeta/drain"), FleetUnderTest.ADMIN_KEY).statusCode());
    assertEquals(
        404,
        send(
                "POST",
                fleet.fleet.url().resolve("/admin/providers/alpha/drain"),
                FleetUnderTest.ADMIN_KEY)
            .statusCode(),
        "on the management port and nowhere else");
    HttpResponse<String> drained = send("POST", drain, FleetUnderTest.ADMIN_KEY);
    assertEquals(200, drained.statusCode(), drained.body());
    try {
      HttpResponse<String> elsewhere =
          fleet.chat(FleetUnderTest.ask("auto", "drained: who is it?"));
      assertEquals("beta/m", elsewhere.headers().firstValue("x-model-used").orElse(""));
      assertEquals(
          "0", elsewhere.headers().firstValue("x-fallback-count").orElse(""), "not a fallback");
      HttpResponse<String> named = fleet.chat(FleetUnderTest.ask("alpha/m", "drained: you?"));
      assertEquals(503, named.statusCode());
      assertTrue(named.body().contains("provider_drained"), named.body());
      assertEquals("k_administrator", provider("alpha").at("/drained/by").asText());
    } finally {
      HttpResponse<String> restored = send("DELETE", drain, FleetUnderTest.ADMIN_KEY);
      assertEquals(200, restored.statusCode(), restored.body());
    }
    HttpResponse<String> back = fleet.chat(FleetUnderTest.ask("alpha/m", "drained: you again?"));
    assertEquals(200, back.statusCode(), back.body());
    assertTrue(provider("alpha").path("drained").isNull());
  }

  @Test
  void a_purged_cache_gives_no_answer_again() throws Exception {
    String asked = FleetUnderTest.ask("auto", "purge: keep this for a moment");
    fleet.chat(asked);
    assertEquals("HIT", fleet.chat(asked).headers().firstValue("x-cache").orElse(""));
    HttpResponse<String> purged = send("POST", ops("/admin/cache/purge"), FleetUnderTest.ADMIN_KEY);
    assertEquals(200, purged.statusCode(), purged.body());
    assertTrue(FleetUnderTest.json(purged.body()).path("purged").asLong() >= 1, purged.body());
    assertEquals("MISS", fleet.chat(asked).headers().firstValue("x-cache").orElse(""));
  }

  private URI ops(String path) {
    return fleet.fleet.opsUrl(Service.ROUTER).resolve(path);
  }

  private HttpResponse<String> send(String method, URI uri, String key) throws Exception {
    return fleet.http.send(
        HttpRequest.newBuilder(uri)
            .header("authorization", "Bearer " + key)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(PATIENCE)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode provider(String id) {
    JsonNode all = fleet.get(FleetUnderTest.ADMIN_KEY, "/v1/providers").path("data");
    return StreamSupport.stream(all.spliterator(), false)
        .filter(provider -> provider.path("id").asText().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError(all.toString()));
  }
}
