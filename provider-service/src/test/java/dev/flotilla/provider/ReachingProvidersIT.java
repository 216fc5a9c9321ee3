package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.json.Json;
import dev.flotilla.testkit.FaultRow;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way to a provider before the first byte: its name, its address, its certificate. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(90)
class ReachingProvidersIT {
  private static final String GOOD =
      WatchedUpstream.completion("{\"prompt_tokens\":100,\"completion_tokens\":50}");

  /** Of the JDK: how long a name that was not found is believed not to exist. */
  private static final Duration LONGEST_DOUBT = Duration.ofSeconds(10);

  private final RawUpstream upstream = new RawUpstream();
  private final RawUpstream moved = new RawUpstream("127.0.0.2", upstream.port());
  private final FakeLedger ledger = FakeLedger.start();
  private final List<Socket> waiting = new ArrayList<>();
  private Certificates certificates;
  private ServerSocket blackHole;
  private Path names;
  private RunningProvider provider;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    certificates = Certificates.in(Files.createDirectories(folder.resolve("certificates")));
    blackHole = blackHole();
    names = folder.resolve("names");
    names("127.0.0.1 moving.example", "127.0.0.1 rebound.example", "169.254.169.254 cloud.example");
    upstream.does(RawUpstream.json(200, GOOD));
    moved.does(RawUpstream.json(200, GOOD.replace("Well, yes.", "From elsewhere.")));

    String port = ":" + upstream.port() + "/v1";
    TestCatalog.write(folder, upstream.baseUrl());
    provider(folder, "moving", "http://moving.example" + port);
    provider(folder, "late", "http://late.example" + port);
    provider(folder, "rebound", "http://rebound.example" + port);
    provider(folder, "cloud", "http://cloud.example" + port);
    provider(folder, "hole", "http://127.0.0.1:" + blackHole.getLocalPort() + "/v1");
    for (String kind : Certificates.KINDS) {
      provider(folder, kind, certificates.url(kind));
    }
    provider =
        RunningProvider.start(
            folder,
            ledger.url(),
            Map.ofEntries(
                Map.entry(
                    "flotilla.providers.enabled",
                    "up,moving,late,rebound,cloud,hole," + String.join(",", Certificates.KINDS)),
                Map.entry("flotilla.transport.private-hosts", "moving.example,late.example"),
                Map.entry(NamesFromFile.FILE, names.toString()),
                // How long a name that was found is believed; what was not found keeps its default.
                Map.entry("sun.net.inetaddr.ttl", "0"),
                Map.entry("javax.net.ssl.trustStore", certificates.trusted().toString()),
                Map.entry("javax.net.ssl.trustStorePassword", Certificates.PASSWORD),
                Map.entry("flotilla.breaker.minimum-calls", "1000"),
                Map.entry("flotilla.breaker.window", "1000"),
                Map.entry("flotilla.breaker.connect-failures", "1000"),
                Map.entry("flotilla.retry.most", "1")));
  }

  @AfterAll
  void stop() throws IOException {
    if (provider != null) {
      provider.close();
    }
    certificates.close();
    for (Socket socket : waiting) {
      socket.close();
    }
    blackHole.close();
    upstream.close();
    moved.close();
    ledger.close();
  }

  @Test
  @FaultRow(row = 2, fault = "the name is not known, and a while later it is")
  void a_name_that_is_not_found_costs_nothing_and_is_believed_again_within_ten_seconds()
      throws Exception {
    assertNotReached("late", "name not found");
    names(Files.readString(names), "127.0.0.1 late.example");
    long begun = System.nanoTime();
    awaitAnswer("late", answer -> answer.statusCode() == 200);
    Duration doubted = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(doubted.compareTo(LONGEST_DOUBT.plusSeconds(5)) < 0, "doubted for " + doubted);
  }

  @Test
  @FaultRow(row = 3, fault = "the name stands for another address from now on")
  void a_name_that_moved_is_followed_once_the_old_connection_has_ended() throws Exception {
    upstream.does(
        to -> {
          RawUpstream.send(
              to,
              RawUpstream.head(
                      200, "content-length: " + GOOD.length() + "\r\nconnection: close\r\n")
                  + GOOD);
          to.close();
        });
    assertTrue(ask("moving").body().contains("Well, yes."));
    names(Files.readString(names).replace("127.0.0.1 moving.example", "127.0.0.2 moving.example"));
    awaitAnswer("moving", answer -> answer.body().contains("From elsewhere."));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rebound", "cloud"})
  @FaultRow(row = 3, fault = "the name points into our own network or at a cloud's metadata")
  void a_name_that_points_into_our_own_network_is_not_called(String name) throws Exception {
    int before = upstream.requests();
    assertNotReached(name, "name not found");
    assertEquals(before, upstream.requests());
    assertTrue(
        provider.log().contains(name + ".example is not called"), "the log does not say why");
  }

  @ParameterizedTest
  @ValueSource(strings = {"expired", "stranger", "selfmade"})
  @FaultRow(row = 4, fault = "a certificate that is expired, of another host, or self-signed")
  void a_certificate_that_does_not_hold_ends_it_before_a_byte_of_the_request(String kind)
      throws Exception {
    HttpResponse<String> response = ask(kind);
    assertEquals(502, response.statusCode(), response.body());
    JsonNode error = Json.parse(response.body()).path("error");
    assertEquals("auth", error.path("outcome").asText(), "ours or theirs to mend, and told so");
    assertEquals("provider_not_trusted", error.path("code").asText());
    assertFalse(error.path("sent").asBoolean(true));
    JsonNode attempts =
        Json.parse(response.headers().firstValue("x-flotilla-attempts").orElseThrow());
    assertEquals(1, attempts.size(), "the next try would meet the same certificate");
    LedgerEntry row = ledger.awaitRow(attempts.path(0).path("attempt_id").asText());
    assertEquals(EntryState.VOID, row.state());
    assertEquals(0, row.costNanos());
    assertEquals(0, certificates.requests(kind));
    assertTrue(
        provider
            .ops("/metrics")
            .body()
            .lines()
            .anyMatch(
                l ->
                    l.startsWith("llm_provider_attempts_total{")
                        && l.contains("\"" + kind + "/m\"")
                        && l.contains("\"auth\"")
                        && l.endsWith(" 1.0")),
        "nobody would hear of it");
  }

  /** Without it the bad ones could be refused for any reason. */
  @Test
  void a_certificate_that_holds_is_no_obstacle() throws Exception {
    assertEquals(200, ask("good").statusCode());
    assertEquals(1, certificates.requests("good"));
  }

  @Test
  @FaultRow(row = 5, fault = "an address that takes no connection and does not refuse it")
  void a_black_hole_is_given_up_after_two_seconds() throws Exception {
    long begun = System.nanoTime();
    assertNotReached("hole", "connect timeout");
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, "waited " + took);
    assertTrue(took.compareTo(Duration.ofSeconds(1)) > 0, "that was no black hole: " + took);
  }

  private void assertNotReached(String name, String why) throws Exception {
    HttpResponse<String> response = ask(name);
    assertEquals(502, response.statusCode(), response.body());
    JsonNode error = Json.parse(response.body()).path("error");
    assertEquals("connect", error.path("outcome").asText());
    assertFalse(error.path("sent").asBoolean(true));
    assertTrue(error.path("message").asText().contains(why), response.body());
    assertFalse(response.body().contains(".example"), "names stay with us");
    String attempts = response.headers().firstValue("x-flotilla-attempts").orElseThrow();
    LedgerEntry row = ledger.awaitRow(Json.parse(attempts).path(0).path("attempt_id").asText());
    assertEquals(EntryState.VOID, row.state());
    assertEquals(0, row.costNanos());
  }

  private HttpResponse<String> ask(String name) throws Exception {
    return provider.ask(
        "{\"model\":\"%s/m\",\"messages\":[{\"role\":\"user\",\"content\":\"Is it so?\"}]}"
            .formatted(name));
  }

  private void awaitAnswer(String name, Predicate<HttpResponse<String>> wanted) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    HttpResponse<String> answer;
    while (!wanted.test(answer = ask(name))) {
      assertTrue(System.nanoTime() < end, answer.body());
      // Nobody tells us when a name is looked up again.
      Thread.sleep(100);
    }
  }

  private void names(String... lines) throws IOException {
    // At once, because it may be read at any time.
    Path next = Files.writeString(names.resolveSibling("next"), String.join("\n", lines) + "\n");
    Files.move(next, names, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void provider(Path folder, String id, String url) throws IOException {
    Files.writeString(
        folder.resolve("catalog").resolve(id + ".yaml"),
        """
        provider: %s
        dialect: openai
        base_url: %s
        models:
          - name: m
            prices: [{from: 2026-01-01, source: test, input: 1, cache_read: 0.1, output: 2}]
        """
            .formatted(id, url));
  }

  /** A port whose queue is full, so that the system lets every further knock go unanswered. */
  private ServerSocket blackHole() throws IOException {
    var door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    for (int i = 0; i < 8; i++) {
      var socket = new Socket();
      waiting.add(socket);
      try {
        socket.connect(door.getLocalSocketAddress(), 200);
      } catch (SocketTimeoutException full) {
        break;
      }
    }
    return door;
  }
}
