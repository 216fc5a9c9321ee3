package dev.flotilla.review.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.kit.http.Deadline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinksResolveTest {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private HttpServer server;
  private String site;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    site = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
  }

  @Test
  void a_page_that_is_there_resolves_also_when_it_must_be_got() {
    assertEquals(
        "2 links resolve",
        verify("See [it](" + site + "/there), or " + site + "/get-only.").detail());
    assertEquals(Set.of("HEAD /there", "HEAD /get-only", "GET /get-only"), Set.copyOf(asked));
  }

  @Test
  void a_page_that_is_not_there_does_not() {
    Verified verified = verify(site + "/missing and " + site + "/there");
    assertFalse(verified.passed());
    assertEquals(site + "/missing answers with status 404", verified.detail());
  }

  @Test
  void a_redirect_is_followed_to_named_hosts_only() {
    assertTrue(verify(site + "/moved").passed());
    Verified away = verify(site + "/away");
    assertEquals(
        site + "/away leads on to a host that is not named in verifiers.yaml", away.detail());
    Verified circle = verify(site + "/circle");
    assertEquals(site + "/circle leads on more than 3 times", circle.detail());
  }

  @Test
  void a_private_address_is_not_connected_to_unless_it_is_configured() throws IOException {
    String host = site.substring("http://".length());
    try (var hosts = new NamedHosts(Set.of(host), Set.of())) {
      Verified verified = verify(new LinksResolve(hosts, true), site + "/there");
      assertEquals(site + "/there has a host without a public address", verified.detail());
    }
    assertEquals(List.of(), asked);
  }

  @Test
  void every_way_to_write_another_host_is_another_host() {
    for (String link :
        List.of(
            site + "@evil.example/there",
            site.replace("127.0.0.1", "user@127.0.0.1") + "/there",
            site.replace("127.0.0.1", "127.1") + "/there",
            site.replace("127.0.0.1", "2130706433") + "/there",
            site.replace("127.0.0.1", "localhost") + "/there",
            "http://127.0.0.1/there",
            "http://[::1]/there",
            "http://[::ffff:127.0.0.1]/there",
            site.replace("127.0.0.1", "127.0.0.1.evil.example") + "/there")) {
      assertFalse(verify(link).passed(), link);
    }
    assertEquals(List.of(), asked);
  }

  @Test
  void a_page_that_never_answers_ends_with_the_deadline() {
    try (var hosts = hosts()) {
      long before = System.nanoTime();
      Verified verified =
          new LinksResolve(hosts, true)
              .verify(new Artifact("text", site + "/silent"), Deadline.in(Duration.ofMillis(500)));
      assertEquals(site + "/silent did not answer in time", verified.detail());
      assertTrue(System.nanoTime() - before < Duration.ofSeconds(4).toNanos());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Verified verify(String text) {
    try (var hosts = hosts()) {
      return verify(new LinksResolve(hosts, true), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Verified verify(LinksResolve verifier, String text) {
    return verifier.verify(new Artifact("text", text), Deadline.in(Duration.ofSeconds(30)));
  }

  private NamedHosts hosts() {
    return new NamedHosts(Set.of(site.substring("http://".length())), Set.of("127.0.0.1"));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    asked.add(exchange.getRequestMethod() + " " + path);
    String to =
        switch (path) {
          case "/moved" -> "/there";
          case "/away" -> "http://example.com/";
          case "/circle" -> "/circle";
          default -> "";
        };
    int status =
        switch (path) {
          case "/there" -> 200;
          case "/get-only" -> exchange.getRequestMethod().equals("GET") ? 200 : 405;
          default -> to.isEmpty() ? 404 : 302;
        };
    if (!to.isEmpty()) {
      exchange.getResponseHeaders().set("location", to);
    }
    if (path.equals("/silent")) {
      try {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }
}
