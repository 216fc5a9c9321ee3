package dev.flotilla.router.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.sun.net.httpserver.HttpServer;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.router.Requests;
import dev.flotilla.router.upstream.RequestStories.Story;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestStoriesTest {
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer service;
  private RequestStories stories;

  @BeforeEach
  void start() throws Exception {
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    service.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().getRawPath());
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    service.start();
    stories =
        new RequestStories(
            client,
            URI.create("http://127.0.0.1:" + service.getAddress().getPort()),
            new ServiceToken("a-token-for-tests-only"));
  }

  @AfterEach
  void stop() {
    service.stop(0);
    client.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0000", "a\u0000b", "a\r\nb", "\u007f", "\u0085", ".", ".."})
  void what_no_request_can_be_called_is_unknown_without_asking(String id) {
    assertInstanceOf(Story.Unknown.class, stories.of(id, Requests.ANYBODY, "00-a-b-01"));
    assertEquals(List.of(), asked);
  }

  @Test
  void whatever_else_somebody_writes_is_one_step_of_the_path() {
    for (String id : List.of("../budgets", "a/b", "a?team=other", "a#b", "a b", "%2e%2e")) {
      stories.of(id, Requests.ANYBODY, "00-a-b-01");
    }
    assertEquals(
        List.of(
            "/v1/requests/..%2Fbudgets",
            "/v1/requests/a%2Fb",
            "/v1/requests/a%3Fteam%3Dother",
            "/v1/requests/a%23b",
            "/v1/requests/a%20b",
            "/v1/requests/%252e%252e"),
        asked);
  }
}
