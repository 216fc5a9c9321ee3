package dev.flotilla.cost.running;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.testkit.OtlpReceiver;
import dev.flotilla.testkit.RealPostgres;
import io.helidon.microprofile.server.Server;
import io.helidon.microprofile.server.ServerCdiExtension;
import jakarta.enterprise.inject.spi.CDI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The service on free ports, on a database of its own. One per JVM, because a JVM holds one CDI
 * container.
 */
public final class RunningCostService {
  public static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOKEN = "a-token-for-tests-only";
  private static @Nullable RunningCostService running;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final RealPostgres.Access database = RealPostgres.freshDatabase();
  private final OtlpReceiver traces = OtlpReceiver.start();
  private final int port;
  private final int opsPort;

  private RunningCostService() {
    Map.of(
            "flotilla.postgres.url",
            database.jdbcUrl(),
            "flotilla.postgres.user",
            database.user(),
            "flotilla.postgres.password",
            database.password(),
            "flotilla.service.token",
            TOKEN,
            "flotilla.config.dir",
            Path.of("src/test/resources/config").toString(),
            "flotilla.tracing.otlp-endpoint",
            traces.url(),
            "server.port",
            "0",
            "server.host",
            "127.0.0.1",
            "server.sockets.0.host",
            "127.0.0.1",
            "server.sockets.0.port",
            "0")
        .forEach(System::setProperty);
    Server server = Server.builder().port(0).host("127.0.0.1").build().start();
    port = server.port();
    opsPort = CDI.current().getBeanManager().getExtension(ServerCdiExtension.class).port("ops");
    awaitReady();
  }

  public static synchronized RunningCostService get() {
    RunningCostService known = running;
    if (known == null) {
      known = new RunningCostService();
      running = known;
    }
    return known;
  }

  public RealPostgres.Access database() {
    return database;
  }

  public OtlpReceiver traces() {
    return traces;
  }

  /** A plain GET of the management port. */
  public HttpResponse<String> ops(String path) {
    return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + opsPort + path)).build());
  }

  /** A GET as the router would send it for a caller of this team. */
  public HttpResponse<String> get(String path, String team, String roles) {
    return send(
        request(path)
            .header("x-flotilla-team", team)
            .header("x-flotilla-key", "k_test")
            .header("x-flotilla-roles", roles)
            .build());
  }

  /** The same, and the answer as bytes. */
  public HttpResponse<byte[]> bytes(String path, String team, String roles) {
    try {
      return client.send(
          request(path)
              .header("x-flotilla-team", team)
              .header("x-flotilla-key", "k_test")
              .header("x-flotilla-roles", roles)
              .build(),
          HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Any request as the router would send it for a caller of this team. */
  public HttpResponse<String> ask(
      String method, String path, String body, String team, String roles) {
    return send(
        request(path)
            .header("x-flotilla-team", team)
            .header("x-flotilla-key", "k_test")
            .header("x-flotilla-roles", roles)
            .header("content-type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  /** A GET with the service token and nothing else. */
  public HttpResponse<String> getAsNobody(String path) {
    return send(request(path).build());
  }

  /** Sends entries as provider-service would. */
  public HttpResponse<String> post(List<ObjectNode> entries) {
    return postRaw(batch(entries), TOKEN);
  }

  public HttpResponse<String> postRaw(String body, String token) {
    return post("/v1/ledger/entries", body, token);
  }

  /** Sends decisions as the router would. */
  public HttpResponse<String> postDecisions(String body) {
    return post("/v1/ledger/decisions", body, TOKEN);
  }

  /** A POST as the router would pass it on for a caller with these roles. */
  public HttpResponse<String> postAs(String path, String body, String roles) {
    return send(
        request(path)
            .header("x-flotilla-team", "growth")
            .header("x-flotilla-key", "k_test")
            .header("x-flotilla-roles", roles)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  /** The receipt of decisions that are sent. */
  public JsonNode keep(ObjectNode... decisions) {
    ObjectNode batch = JSON.createObjectNode();
    batch.putArray("decisions").addAll(List.of(decisions));
    HttpResponse<String> response = postDecisions(batch.toString());
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + ": " + response.body());
    }
    return tree(response);
  }

  private HttpResponse<String> post(String path, String body, String token) {
    return send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("authorization", "Bearer " + token)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  /** The receipt of entries that are sent. */
  public JsonNode receipt(ObjectNode... entries) {
    HttpResponse<String> response = post(List.of(entries));
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + ": " + response.body());
    }
    return tree(response);
  }

  public static JsonNode tree(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(response.body(), e);
    }
  }

  public static String batch(List<ObjectNode> entries) {
    ObjectNode batch = JSON.createObjectNode();
    ArrayNode array = batch.putArray("entries");
    entries.forEach(array::add);
    return batch.toString();
  }

  /** An attempt whose outcome is not known yet: model acme/swift, 0 to 90,000 nano-dollars. */
  public static ObjectNode intent(String team, String requestId, Instant startedAt) {
    return JSON.createObjectNode()
        .put("attempt_id", UUID.randomUUID().toString())
        .put("state", "unknown")
        .put("request_id", requestId)
        .put("origin", "chat")
        .put("team", team)
        .put("key", "k_1")
        .put("task_type", "bulk")
        .put("provider", "acme")
        .put("model", "acme/swift")
        .put("price_version", "sha256:another")
        .put("simulated", false)
        .put("started_at", startedAt.toString())
        .put("estimated", false)
        .put("floor_nanos", 0)
        .put("ceiling_nanos", 90_000)
        .set("usage", JSON.createObjectNode());
  }

  /** The same attempt, settled: 100 input, 20 cached, 30 output tokens. */
  public static ObjectNode settled(ObjectNode intent, long costNanos) {
    ObjectNode outcome =
        intent
            .deepCopy()
            .put("state", "settled")
            .put("outcome", "ok")
            .put(
                "ended_at",
                Instant.parse(intent.path("started_at").asText()).plusSeconds(1).toString())
            .put("cost_nanos", costNanos);
    outcome.putObject("usage").put("input", 100).put("cache_read", 20).put("output", 30);
    return outcome;
  }

  /** The router chose acme/swift for bulk; acme/grand is the baseline. */
  public static ObjectNode decision(String team, String requestId, Instant at) {
    ObjectNode decision =
        JSON.createObjectNode()
            .put("request_id", requestId)
            .put("at", at.toString())
            .put("team", team)
            .put("key", "k_1")
            .put("origin", "chat")
            .put("task_type", "bulk")
            .put("confidence", 0.57)
            .put("decided_by", "rules")
            .put("cache", "miss")
            .put("model", "acme/swift")
            .put("simulated", false)
            .put("fallback_count", 0)
            .put("outcome", "success")
            .put("status", 200)
            .put("stream", false)
            .put("overhead_ms", 3)
            .put("duration_ms", 900)
            .put("trace_id", "0af7651916cd43dd8448eb211c80319c")
            .put("baseline_model", "acme/grand")
            .put("price_version", "sha256:another");
    decision.putArray("matched_rules").add("keyword:translate");
    decision
        .putArray("signals")
        .addObject()
        .put("from", "rules")
        .put("says", "bulk")
        .put("value", 0.57);
    decision.putObject("usage").put("input", 100).put("cache_read", 20).put("output", 30);
    return decision;
  }

  /** The same request, answered from the cache. */
  public static ObjectNode hit(ObjectNode decision) {
    return decision.deepCopy().put("cache", "hit");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("authorization", "Bearer " + TOKEN);
  }

  private void awaitReady() {
    Instant end = Instant.now().plus(Duration.ofSeconds(20));
    while (ops("/health/ready").statusCode() != 200) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError(ops("/health/ready").body());
      }
      Thread.onSpinWait();
    }
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
