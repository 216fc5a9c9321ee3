package dev.flotilla.router.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.kit.telemetry.TracingConfig;
import dev.flotilla.router.Porters;
import dev.flotilla.router.door.ApiKeys;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.Doors;
import dev.flotilla.router.door.Guesses;
import dev.flotilla.router.door.Recognition;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.door.WebTokens;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Behind a real door, before a service that says what reached it. */
class RelayTest {
  private static final int MORE = 3_000_000;

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch begun = new CountDownLatch(1);
  private HttpServer service;
  private WebServer router;

  @BeforeEach
  void start() throws Exception {
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    service.createContext("/", RelayTest::echo);
    service.createContext("/v1/things/endless", this::endless);
    service.createContext("/v1/things/broken", RelayTest::breakOff);
    service.createContext("/v1/things/nowhere", exchange -> bare(exchange, 404));
    service.createContext("/v1/things/upset", exchange -> bare(exchange, 500));
    service.setExecutor(threads);
    service.start();
    var relay =
        new Relay(
            client,
            URI.create("http://127.0.0.1:" + service.getAddress().getPort()),
            new ServiceToken("a-token-for-tests"),
            Duration.ofSeconds(10),
            new ApiError(503, "server_error", "away", "It is away.", null, "router"));
    Set<Role> callers = Set.of(Role.CALLER);
    var doors =
        new Doors(
            List.of(
                new Door("POST", "/v1/things", callers, 1_000, "", relay),
                new Door("GET", "/v1/things/*", callers, 0, "", relay)),
            new Recognition(
                ApiKeys.read(keys(), Clock.systemUTC()),
                WebTokens.NONE,
                new Guesses(100, System::nanoTime),
                Porters.METRICS),
            Porters.everybody(),
            Tracing.start(new TracingConfig("test", null, 1)),
            Porters.METRICS);
    router = WebServer.builder().host("127.0.0.1").port(0).routing(doors::open).build().start();
  }

  @AfterEach
  void stop() {
    router.stop();
    service.stop(0);
    client.close();
    threads.close();
  }

  @Test
  void a_body_and_the_callers_identity_arrive_and_the_answer_comes_back() throws Exception {
    HttpResponse<String> answer =
        client.send(
            request("/v1/things")
                .header("x-flotilla-team", "somebody-else")
                .POST(HttpRequest.BodyPublishers.ofString("{\"a\":1}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(201, answer.statusCode());
    assertEquals("POST /v1/things growth Bearer a-token-for-tests {\"a\":1}", answer.body());
    assertEquals("7", answer.headers().firstValue("retry-after").orElse(""));
    assertEquals(
        "/v1/things/1", answer.headers().firstValue("location").orElse(""), "without our address");
  }

  @Test
  void a_path_and_a_query_arrive_as_they_were_written() throws Exception {
    HttpResponse<String> answer =
        client.send(
            request("/v1/things/a%20b?x=%2F").build(), HttpResponse.BodyHandlers.ofString());
    assertTrue(answer.body().startsWith("GET /v1/things/a%20b?x=%2F growth"), answer.body());
  }

  @Test
  void a_long_answer_is_passed_on_while_it_is_written_and_keeps_what_it_says_of_itself()
      throws Exception {
    HttpResponse<InputStream> answer =
        client.send(
            request("/v1/things/endless").build(), HttpResponse.BodyHandlers.ofInputStream());
    assertEquals("1.2", answer.headers().firstValue("x-focus-version").orElse(""));
    assertEquals("text/csv", answer.headers().firstValue("content-type").orElse(""));
    try (InputStream body = answer.body()) {
      // The service waits for this: had the router waited for the end, nothing would come.
      assertEquals("first line\n", new String(body.readNBytes(11), StandardCharsets.UTF_8));
      begun.countDown();
      assertEquals(MORE, body.readAllBytes().length);
    }
  }

  @Test
  void an_answer_that_breaks_off_does_not_look_whole() throws Exception {
    HttpResponse<InputStream> answer =
        client.send(
            request("/v1/things/broken").build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      assertThrows(IOException.class, body::readAllBytes);
    }
  }

  @Test
  void a_service_that_is_away_is_a_503_that_says_so() throws Exception {
    service.stop(0);
    HttpResponse<String> answer =
        client.send(request("/v1/things/1").build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(503, answer.statusCode());
    assertTrue(answer.body().contains("It is away."));
  }

  @Test
  void what_the_server_below_a_service_says_is_said_in_our_shape() throws Exception {
    HttpResponse<String> nowhere =
        client.send(request("/v1/things/nowhere").build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(404, nowhere.statusCode());
    assertTrue(nowhere.body().contains("\"code\":\"unknown_path\""), nowhere.body());
    HttpResponse<String> upset =
        client.send(request("/v1/things/upset").build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(500, upset.statusCode());
    assertTrue(upset.body().contains("\"code\":\"internal_error\""), upset.body());
    assertFalse((nowhere.body() + upset.body()).contains("Endpoint"), upset.body());
  }

  private static void bare(HttpExchange exchange, int status) throws IOException {
    byte[] words = "Endpoint at inside:8083 failed".getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "text/plain");
    exchange.sendResponseHeaders(status, words.length);
    exchange.getResponseBody().write(words);
    exchange.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + router.port() + path))
        .header("authorization", "Bearer sk-test");
  }

  private static void echo(HttpExchange exchange) throws IOException {
    String body =
        "%s %s %s %s %s"
            .formatted(
                exchange.getRequestMethod(),
                exchange.getRequestURI(),
                exchange.getRequestHeaders().getFirst("x-flotilla-team"),
                exchange.getRequestHeaders().getFirst("authorization"),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("location", "http://inside:8083/v1/things/1");
    exchange.getResponseHeaders().set("retry-after", "7");
    exchange.sendResponseHeaders(201, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private void endless(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("content-type", "text/csv");
    exchange.getResponseHeaders().set("x-focus-version", "1.2");
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().write("first line\n".getBytes(StandardCharsets.UTF_8));
    exchange.getResponseBody().flush();
    try {
      if (begun.await(20, TimeUnit.SECONDS)) {
        exchange.getResponseBody().write(new byte[MORE]);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  private static void breakOff(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 1_000_000);
    exchange.getResponseBody().write(new byte[500_000]);
    exchange.getResponseBody().flush();
    // Fewer bytes than were promised: this server closes the connection.
    exchange.close();
  }

  private Path keys() throws Exception {
    String hash =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest("sk-test".getBytes(StandardCharsets.UTF_8)));
    return Files.writeString(
        folder.resolve("keys.yaml"),
        "- {id: k_1, sha256: %s, team: growth, roles: [caller]}\n".formatted(hash));
  }
}
