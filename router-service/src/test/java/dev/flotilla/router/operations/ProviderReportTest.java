package dev.flotilla.router.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.upstream.ProviderReplicas;
import dev.flotilla.router.upstream.ProviderReplicas.Said;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProviderReportTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final String TOKEN = "a-token-for-tests-only";

  private static final String CLOSED =
      circuit(
          "acme/swift", "closed", null, "{\"requests\":100,\"tokens\":null,\"announced\":true}");
  private static final String OPEN =
      circuit(
          "acme/swift", "open", 60_000L, "{\"requests\":40,\"tokens\":null,\"announced\":true}");

  @Test
  void a_circuit_that_is_open_at_one_of_two_instances_degrades_its_provider() {
    ObjectNode acme = report(said(CLOSED, OPEN), figures(100, 2)).of("acme", false, nobody());
    assertEquals("degraded", acme.path("status").asText());
    assertEquals("open", acme.path("circuit").asText());
    assertEquals("2026-11-21T09:59:00Z", acme.path("since").asText());
    assertEquals(
        "{\"closed\":1,\"half_open\":0,\"open\":1}", acme.at("/circuits/0/replicas").toString());
    assertEquals(40, acme.at("/rate_limit_remaining/requests").asLong(), "one account, two ears");
  }

  @Test
  void open_is_who_is_asked_by_no_instance_for_no_model() {
    assertEquals("open", status(said(OPEN, OPEN), figures(100, 100)));
    String other = circuit("acme/grand", "closed", null, "{}");
    assertEquals("degraded", status(said(OPEN + "," + other), figures(100, 0)));
    assertEquals("up", status(said(CLOSED, CLOSED), figures(100, 5)));
  }

  @Test
  void more_fallbacks_than_the_threshold_degrade_a_provider_whose_circuits_are_closed() {
    ObjectNode acme = report(said(CLOSED), figures(100, 6)).of("acme", false, nobody());
    assertEquals("degraded", acme.path("status").asText());
    assertEquals(0.06, acme.path("fallback_rate_5m").asDouble());
    assertEquals(0.05, acme.path("threshold").asDouble());
    assertTrue(acme.path("since").isNull());
    assertEquals("up", status(said(CLOSED), figures(100, 5)));
  }

  @Test
  void shares_of_what_the_catalogue_grants_are_added_up() {
    String share =
        circuit(
            "acme/swift", "closed", null, "{\"requests\":3,\"tokens\":300,\"announced\":false}");
    ObjectNode acme = report(said(share, share), figures(1, 0)).of("acme", false, nobody());
    assertEquals("{\"requests\":6,\"tokens\":600}", acme.path("rate_limit_remaining").toString());
  }

  @Test
  void the_first_chunks_of_all_instances_are_looked_at_together() {
    String fast = CLOSED.replace("\"gone\"", "\"first_chunks_ms\":[10,30,20],\"gone\"");
    String slow = CLOSED.replace("\"gone\"", "\"first_chunks_ms\":[900],\"gone\"");
    ObjectNode acme = report(said(fast, slow), figures(1, 0)).of("acme", false, nobody());
    assertEquals("{\"p50\":20,\"p95\":900}", acme.path("first_chunk_ms").toString());
    assertTrue(
        report(said(CLOSED), figures(1, 0))
            .of("acme", false, nobody())
            .path("first_chunk_ms")
            .isNull());
  }

  @Test
  void what_nobody_can_say_is_null_and_who_did_not_answer_is_named() {
    var report =
        new ProviderReport(
            new Said(List.of(), List.of("10.0.0.7:8080")), Optional.empty(), 0.05, NOW);
    ObjectNode acme = report.of("acme", true, nobody());
    for (String field :
        List.of("fallback_rate_5m", "error_rate_1h", "answers_5m", "latency_ms", "last_error")) {
      assertTrue(acme.path(field).isNull(), field);
    }
    assertTrue(acme.path("simulated").asBoolean());
    assertEquals("up", acme.path("status").asText());
    assertTrue(report.fleet().path("fallback_rate_5m").isNull());
    assertEquals(
        "{\"provider_service\":{\"answered\":0,\"silent\":[\"10.0.0.7:8080\"]},\"ledger\":\"away\"}",
        report.sources().toString());
  }

  @Test
  void a_provider_the_ledger_has_not_heard_of_was_not_asked() {
    ObjectNode idle = report(said(), figures(100, 2)).of("idle", false, nobody());
    assertEquals(0, idle.path("answers_5m").asLong(-1));
    assertTrue(idle.path("fallback_rate_5m").isNull(), "none of nothing is no rate");
    assertEquals("{}", idle.path("fallback_reasons").toString());
  }

  @Test
  void who_drained_it_and_when_is_told() {
    var drained = Optional.of(new Drained("acme", NOW.minusSeconds(5), "k_ops"));
    assertEquals(
        "{\"since\":\"2026-11-21T09:59:55Z\",\"by\":\"k_ops\"}",
        report(said(), figures(1, 0)).of("acme", false, drained).path("drained").toString());
  }

  @Test
  void every_instance_is_asked_with_the_token_and_one_that_is_away_is_named() throws Exception {
    HttpServer first = instance(OPEN);
    HttpServer second = instance(CLOSED);
    HttpServer gone = instance("");
    URI away = at(gone);
    gone.stop(0);
    try (HttpClient http = HttpClient.newHttpClient()) {
      var replicas =
          new ProviderReplicas(http, List.of(at(first), at(second), away), new ServiceToken(TOKEN));
      Said said = replicas.ask("req_1");
      assertEquals(2, said.circuits().size());
      assertEquals(List.of(away.getAuthority()), said.silent());
      assertEquals("degraded", status(said, figures(1, 0)));
    } finally {
      first.stop(0);
      second.stop(0);
    }
  }

  private static HttpServer instance(String circuits) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/circuits",
        call -> {
          boolean known =
              ("Bearer " + TOKEN).equals(call.getRequestHeaders().getFirst("authorization"));
          byte[] body = body(circuits).getBytes(StandardCharsets.UTF_8);
          call.sendResponseHeaders(known ? 200 : 401, body.length);
          call.getResponseBody().write(body);
          call.close();
        });
    server.start();
    return server;
  }

  private static URI at(HttpServer server) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static String status(Said said, ObjectNode figures) {
    return report(said, figures).of("acme", false, nobody()).path("status").asText();
  }

  private static ProviderReport report(Said said, ObjectNode figures) {
    return new ProviderReport(said, Optional.of(figures), 0.05, NOW);
  }

  private static Optional<Drained> nobody() {
    return Optional.empty();
  }

  private static Said said(String... replicas) {
    return new Said(
        List.of(replicas).stream().map(circuits -> object(body(circuits))).toList(), List.of());
  }

  private static String body(String circuits) {
    return "{\"circuits\":[" + circuits + "]}";
  }

  private static String circuit(
      String model, String state, @Nullable Long notClosedFor, String left) {
    return """
        {"provider":"acme","model":"%s","state":"%s","retry_after_ms":null,"gone":false,
         "failure_rate":0.5,"not_closed_for_ms":%s,"left":%s}"""
        .formatted(model, state, notClosedFor, left);
  }

  private static ObjectNode figures(long answers, long fallbacks) {
    String recent = "{\"five_minutes\":%d,\"hour\":%d}";
    return object(
        """
        {"answers":%1$s,"fallbacks":%2$s,"providers":[
         {"provider":"acme","answers":%1$s,"fallbacks":%2$s,"reasons":{"timeout":%3$d},
          "attempts":%1$s,"errors":%2$s,"latency_ms":null,"last_error":null}]}"""
            .formatted(
                recent.formatted(answers, answers),
                recent.formatted(fallbacks, fallbacks),
                fallbacks));
  }

  private static ObjectNode object(String json) {
    try {
      return Json.parseObject(json.getBytes(StandardCharsets.UTF_8));
    } catch (NotJson e) {
      throw new AssertionError(json, e);
    }
  }
}
