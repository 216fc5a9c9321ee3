package dev.flotilla.router.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.router.upstream.Connections.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionsTest {
  @TempDir Path folder;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> secrets = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private Connections connections;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    connections = read("search: {base_url: \"%s/api/\", secret_env: SEARCH_KEY}".formatted(url()));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void what_is_asked_is_below_the_address_and_comes_with_the_secret() {
    var answer =
        assertInstanceOf(
            Answer.Content.class,
            ask("/v1/a b", Map.of("q", "tea & sleep"), Duration.ofSeconds(5)));
    assertEquals("{\"hits\":1}", String.valueOf(answer.json()));
    assertEquals(List.of("/api/v1/a%20b?q=tea+%26+sleep"), asked);
    assertEquals(List.of("Bearer s3cret"), secrets);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254/latest",
        "//127.0.0.1:1/x",
        "/../admin",
        "/a/./../../admin",
        "/a\\..\\admin",
        "relative",
        "/line\nbreak",
        "",
        "@127.0.0.1/x"
      })
  void no_value_leads_to_another_server_or_out_of_the_path(String path) {
    var none = assertInstanceOf(Answer.None.class, ask(path, Map.of(), Duration.ofSeconds(5)));
    assertEquals("bad_path", none.code());
    assertEquals(List.of(), asked);
  }

  @Test
  void a_value_in_the_path_cannot_become_a_query_or_be_decoded_once_more() {
    ask("/v1/tea?admin=true", Map.of(), Duration.ofSeconds(5));
    ask("/v1/%2e%2e%2fadmin", Map.of(), Duration.ofSeconds(5));
    assertEquals(List.of("/api/v1/tea%3Fadmin=true", "/api/v1/%252e%252e%252fadmin"), asked);
  }

  @Test
  void a_redirect_is_an_answer_and_not_followed() {
    var none = assertInstanceOf(Answer.None.class, ask("/moved", Map.of(), Duration.ofSeconds(5)));
    assertEquals("status_302", none.code());
    assertEquals(List.of("/api/moved"), asked);
  }

  @Test
  void an_answer_that_never_ends_is_given_up_at_the_deadline() {
    var none = assertInstanceOf(Answer.None.class, ask("/drips", Map.of(), Duration.ofMillis(300)));
    assertEquals("timeout", none.code());
    assertTrue(none.again());
  }

  @Test
  void an_answer_that_is_too_long_is_none() {
    var none = assertInstanceOf(Answer.None.class, ask("/long", Map.of(), Duration.ofSeconds(30)));
    assertEquals("answer_too_long", none.code());
  }

  @Test
  void what_is_wrong_in_the_file_is_told_with_what_to_write_instead() {
    says("search: {base_url: \"ftp://a\"}", "https://search.example.com");
    says("search: {base_url: \"http://user:secret@a\"}", "host and path only");
    says("search: {}", "needs base_url");
    says("search: {base_url: \"http://a\", secret_env: NOT_SET}", "NOT_SET");
    says("search: {base_url: \"http://a\", follow: true}", "follow");
    var none =
        assertInstanceOf(
            Answer.None.class,
            connections.ask(
                "other", "GET", "/", Map.of(), null, Map.of(), Deadline.in(Duration.ofSeconds(1))));
    assertTrue(none.message().contains("search"), none.message());
  }

  private void says(String entry, String words) {
    var e = assertThrows(ConfigurationException.class, () -> read(entry));
    assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
  }

  private Connections read(String entry) throws IOException {
    Path file = folder.resolve("connections.yaml");
    Files.writeString(file, "connections:\n  " + entry + "\n");
    return Connections.read(
        file, HttpClient.newHttpClient(), name -> name.equals("SEARCH_KEY") ? "s3cret" : null);
  }

  private Answer ask(String path, Map<String, String> query, Duration patience) {
    return connections.ask("search", "GET", path, query, null, Map.of(), Deadline.in(patience));
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.add(exchange.getRequestURI().toString());
    secrets.add(exchange.getRequestHeaders().getFirst("authorization"));
    String path = exchange.getRequestURI().getPath();
    if (path.endsWith("/moved")) {
      exchange.getResponseHeaders().set("location", url() + "/elsewhere");
      exchange.sendResponseHeaders(302, -1);
    } else if (path.endsWith("/drips")) {
      exchange.sendResponseHeaders(200, 0);
      try {
        while (true) {
          exchange.getResponseBody().write(' ');
          exchange.getResponseBody().flush();
          Thread.sleep(20);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    } else {
      byte[] body =
          path.endsWith("/long")
              ? new byte[(4 << 20) + 1]
              : "{\"hits\":1}".getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }
}
