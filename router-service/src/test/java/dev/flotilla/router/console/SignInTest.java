package dev.flotilla.router.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.sun.net.httpserver.HttpServer;
import dev.flotilla.router.console.api.FleetApi;
import dev.flotilla.router.door.Guesses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignInTest {
  @ParameterizedTest
  @ValueSource(strings = {"/runs", "/runs/run_1?x=y", "/proof?of=%2Fv1%2Fcosts", "?part"})
  void whoever_wanted_a_page_gets_it_afterwards(String place) {
    assertEquals(place, SignIn.place(place));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        ".evil",
        "/runs\nx: y",
        ""
      })
  void an_address_leads_nowhere_else(String place) {
    assertEquals("", SignIn.place(place));
  }

  @Test
  void who_guesses_keys_is_soon_asked_to_wait_and_others_are_not() throws IOException {
    var api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var asked = new AtomicInteger();
    api.createContext(
        "/v1/key",
        call -> {
          asked.incrementAndGet();
          boolean known =
              "Bearer sk-good".equals(call.getRequestHeaders().getFirst("authorization"));
          call.sendResponseHeaders(known ? 200 : 401, 2);
          call.getResponseBody().write("{}".getBytes(StandardCharsets.UTF_8));
          call.close();
        });
    api.start();
    try (var http = HttpClient.newHttpClient()) {
      var signIn =
          new SignIn(
              new FleetApi(
                  http,
                  URI.create("http://127.0.0.1:" + api.getAddress().getPort()),
                  Duration.ofSeconds(30)),
              new Guesses(2, () -> 0));
      InetAddress guesser = InetAddress.ofLiteral("192.0.2.1");
      for (String guess : List.of("sk-1", "sk-2", "sk-3")) {
        assertInstanceOf(SignIn.Verdict.Stranger.class, signIn.with(guess, guesser));
      }
      assertEquals(2, asked.get(), "the third is not looked at");
      InetAddress other = InetAddress.ofLiteral("192.0.2.2");
      assertInstanceOf(SignIn.Verdict.Welcome.class, signIn.with("sk-good", other));
    } finally {
      api.stop(0);
    }
  }
}
