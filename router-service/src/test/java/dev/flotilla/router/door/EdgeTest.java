package dev.flotilla.router.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.json.Json;
import dev.flotilla.router.OpenDoors;
import dev.flotilla.router.Porters;
import dev.flotilla.testkit.FaultRow;
import io.helidon.webserver.WebServerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers do to the doors, byte for byte. */
@Timeout(60)
class EdgeTest {
  private static final Duration PATIENCE = Duration.ofMillis(400);
  private static final Set<Role> CALLERS = Set.of(Role.CALLER);

  /** Far longer than our patience here, and what a caller who is not slow never needs. */
  private static final Duration LONG = Duration.ofSeconds(4);

  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final OpenDoors doors = open(10_000);

  private OpenDoors open(int mostConnections) {
    return OpenDoors.open(
        Porters.patient(PATIENCE, 2),
        server -> settings(server, mostConnections),
        new Door("POST", "/v1/ask", CALLERS, 2_000_000, "", this::answer),
        new Door(
            "POST",
            "/v1/wait",
            CALLERS,
            1_000,
            "",
            visit -> {
              waiting.incrementAndGet();
              await();
              answer(visit);
            }));
  }

  private static void settings(WebServerConfig.Builder server, int mostConnections) {
    server
        .maxTcpConnections(mostConnections)
        .connectionOptions(options -> options.readTimeout(PATIENCE))
        .idleConnectionTimeout(PATIENCE.multipliedBy(2))
        .idleConnectionPeriod(Duration.ofMillis(100));
  }

  private void answer(Visit visit) {
    asked.incrementAndGet();
    visit.send(200, Json.object().put("bytes", visit.body().length));
  }

  @AfterEach
  void close() {
    goOn.countDown();
    doors.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /v1/a",
        "POST /v1/ask HTTP/1.1\r\nhost: x\r\nx-slow: a",
        "POST /v1/ask HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sk-growth\r\ncontent-length: 500\r\n\r\n{"
      })
  @FaultRow(row = 45, fault = "a head or a body that drips")
  void what_drips_is_given_up_and_others_notice_nothing(String begin) throws Exception {
    try (var slow = connect()) {
      send(slow, begin);
      var told = new StringBuilder();
      long start = System.nanoTime();
      Thread reader = Thread.startVirtualThread(() -> told.append(read(slow)));
      while (reader.isAlive() && System.nanoTime() - start < LONG.toNanos()) {
        try {
          send(slow, "a");
        } catch (IOException closed) {
          break;
        }
        assertAnswered(post(doors, "/v1/ask"));
        reader.join(PATIENCE.dividedBy(8));
      }
      reader.join(LONG);
      long took = Duration.ofNanos(System.nanoTime() - start).toMillis();
      assertTrue(took < LONG.toMillis(), "it took " + took + " ms");
      // What is said to somebody who still sends may be lost with the connection.
      if (!told.isEmpty()) {
        assertTrue(told.toString().startsWith("HTTP/1.1 408 "), told.toString());
        assertTrue(told.toString().contains("\"code\":\"request_timeout\""), told.toString());
        assertTrue(told.toString().contains("\"source\":\"router\""), told.toString());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /v1/ask HT",
        "POST /v1/ask HTTP/1.1\r\nhost: x\r\n",
        "POST /v1/ask HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sk-growth\r\ncontent-length: 5\r\n\r\n{}",
        "POST /v1/ask HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sk-growth\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{}"
      })
  @FaultRow(row = 45, fault = "a head or a body that stops")
  void what_stops_half_way_is_given_up(String begin) throws Exception {
    try (var slow = connect()) {
      send(slow, begin);
      long start = System.nanoTime();
      String told = read(slow);
      assertTrue(Duration.ofNanos(System.nanoTime() - start).compareTo(LONG) < 0);
      assertEquals("", told, "nobody is there to be told");
    }
    assertEquals(0, asked.get());
  }

  @Test
  @FaultRow(row = 45, fault = "a long body that is slow, but comes")
  void a_long_body_has_longer_than_a_short_one() throws Exception {
    int length = 500_000;
    try (var caller = connect()) {
      send(caller, head("content-length: " + length + "\r\n"));
      for (int sent = 0; sent < length; sent += 50_000) {
        send(caller, "x".repeat(50_000));
        TimeUnit.MILLISECONDS.sleep(100);
      }
      String told = readAnswer(caller);
      assertTrue(told.endsWith("{\"bytes\":500000}"), told);
    }
  }

  @Test
  void a_body_without_a_length_grows_to_what_is_admitted() throws Exception {
    for (int length : new int[] {0, 1, 65_535, 65_536, 65_537, 1_999_999, 2_000_000, 2_000_001}) {
      try (var caller = connect()) {
        send(caller, head("transfer-encoding: chunked\r\n"));
        if (length > 0) {
          send(caller, Integer.toHexString(length) + "\r\n" + "x".repeat(length) + "\r\n");
        }
        send(caller, "0\r\n\r\n");
        String told = readAnswer(caller);
        String expected = length <= 2_000_000 ? "{\"bytes\":" + length + "}" : "request_too_large";
        assertTrue(told.contains(expected), length + ": " + told);
      }
    }
  }

  @Test
  void a_connection_is_kept_while_it_is_used_now_and_then_and_closed_when_it_is_not()
      throws Exception {
    try (var caller = connect()) {
      for (int i = 0; i < 3; i++) {
        send(caller, head("content-length: 2\r\n") + "{}");
        assertTrue(readAnswer(caller).contains("\"bytes\":2"));
        // longer than a request's head may take
        TimeUnit.MILLISECONDS.sleep(PATIENCE.plusMillis(100).toMillis());
      }
      assertEquals("", read(caller), "closed without a word");
    }
  }

  @Test
  void requests_that_come_before_the_answer_to_the_one_before_are_answered_in_turn()
      throws Exception {
    String one = head("content-length: 2\r\n") + "{}";
    int half = one.indexOf("host") + 2;
    try (var caller = connect()) {
      send(caller, one + one + one.substring(0, half));
      assertAnswered(readAnswer(caller));
      assertAnswered(readAnswer(caller));
      send(caller, one.substring(half));
      assertAnswered(readAnswer(caller));
    }
  }

  @Test
  void a_body_that_is_refused_is_read_over_and_the_connection_goes_on() throws Exception {
    try (var caller = connect()) {
      send(caller, head("content-length: 2000001\r\n"));
      String told = readAnswer(caller);
      assertTrue(told.contains("request_too_large"), told);
      // The rest of that answer: an error's object has another one around it.
      assertEquals('}', caller.getInputStream().read());
      send(caller, "(".repeat(2_000_001));
      send(caller, head("content-length: 2\r\n") + "{}");
      assertAnswered(readAnswer(caller));
    }
  }

  @Test
  void an_answer_that_takes_longer_than_any_patience_is_waited_for() throws Exception {
    try (var caller = connect()) {
      send(caller, head("content-length: 2\r\n").replace("/ask", "/wait") + "{}");
      TimeUnit.MILLISECONDS.sleep(PATIENCE.multipliedBy(4).toMillis());
      goOn.countDown();
      assertTrue(readAnswer(caller).contains("\"bytes\":2"));
    }
  }

  @Test
  @FaultRow(row = 46, fault = "more idle connections than are admitted")
  void idle_connections_above_the_limit_wait_until_others_were_closed() throws Exception {
    var idle = new ArrayList<Socket>();
    try (var few = open(50)) {
      for (int i = 0; i < 100; i++) {
        idle.add(new Socket("127.0.0.1", few.url().getPort()));
      }
      // Those before have said nothing for too long by the time it is this one's turn.
      assertAnswered(post(few, "/v1/ask"));
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  @FaultRow(row = 83, fault = "more requests at once than can be held")
  void who_does_not_fit_in_is_told_at_once_to_come_again() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var held =
          List.of(
              threads.submit(() -> post(doors, "/v1/wait")),
              threads.submit(() -> post(doors, "/v1/wait")));
      while (waiting.get() < 2) {
        Thread.onSpinWait();
      }
      String refused = post(doors, "/v1/ask").toLowerCase(Locale.ROOT);
      for (String part :
          List.of(
              "http/1.1 503 ",
              "\"code\":\"overloaded\"",
              "\"source\":\"router\"",
              "retry-after: 1\r",
              "x-should-retry: true\r")) {
        assertTrue(refused.contains(part), part + " in " + refused);
      }
      goOn.countDown();
      for (var one : held) {
        assertAnswered(one.get());
      }
      assertAnswered(post(doors, "/v1/ask"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "authorization: Bearer \r\n",
        "authorization: Bearer\r\n",
        "authorization: sk-growth\r\n",
        "authorization: Basic c2stZ3Jvd3RoOg==\r\n",
        "authorization: Bearer sk-growth,sk-other\r\n",
        "authorization: Bearer \"sk-growth\"\r\n",
        "authorization: Bearer sk%2Dgrowth\r\n",
        "authorization: Bearer SK-GROWTH\r\n",
        "authorization: Bearer Sk-growth\r\n",
        "authorization: Bearer sk-growth\u00a0\r\n",
        "authorization: Bearer sk-growth2\r\n",
        "authorization: Bearer sk-grow\r\n",
        "authorization: Bearer sk-expired\r\n",
        "authorization: Bearer sk-unheard-of\r\n",
        "authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJncm93dGgifQ.\r\n",
        "authorization: Bearer eyJhbGciOiJIUzI1NiIsImtpZCI6Ii4uLy4uL2Rldi9udWxsIn0.e30.x\r\n",
        "authorization: Token sk-growth\r\n",
        "proxy-authorization: Bearer sk-growth\r\n",
        "x-api-key: sk-growth\r\n",
        "cookie: authorization=Bearer sk-growth\r\n",
        "x-flotilla-team: growth\r\nx-flotilla-key: k_growth\r\nx-flotilla-roles: caller\r\n"
      })
  @FaultRow(row = 56, fault = "no key, another's, an expired one, and what only looks like one")
  void who_shows_no_key_of_ours_is_told_so_and_nothing_is_asked(String headers) throws Exception {
    try (var caller = connect()) {
      send(
          caller,
          "POST /v1/ask?api_key=sk-growth HTTP/1.1\r\nhost: x\r\n"
              + headers
              + "content-length: 2\r\n\r\n{}");
      String told = readAnswer(caller);
      assertTrue(told.startsWith("HTTP/1.1 401 "), told);
      assertTrue(told.contains("\"code\":\"invalid_api_key\""), told);
      assertTrue(told.toLowerCase(Locale.ROOT).contains("www-authenticate: bearer"));
      assertFalse(told.contains("sk-growth"), "what was shown is not said again");
    }
    assertEquals(0, asked.get());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer sk-growth", "bearer sk-growth", "BEARER   sk-growth  "})
  void the_word_before_a_key_may_be_written_in_any_case(String written) throws Exception {
    try (var caller = connect()) {
      send(
          caller,
          "POST /v1/ask HTTP/1.1\r\nhost: x\r\nauthorization: "
              + written
              + "\r\ncontent-length: 2\r\n\r\n{}");
      assertTrue(readAnswer(caller).startsWith("HTTP/1.1 200 "));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FR{B} /v1/ask HTTP/1.1\r\nhost: x\r\n\r\n",
        "G\u0000T /v1/ask HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /v1/ask HTTP/1.1\r\n\r\n",
        "POST /v1/ask HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n",
        "POST /v1/ask HTTP/1.1\r\nhost: x\r\nx-a: b\u0001c\r\n\r\n",
        "POST /v1/ask HTTP/1.1\r\nhost: x\r\nx-a : b\r\n\r\n",
        "POST /v1/ask HTTP/1.1\r\nhost: x\r\nx-a: b\r\n c\r\n\r\n",
        "POST /v1/%zz HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /v1/ask HTTP/1.7\r\nhost: x\r\n\r\n",
        "hello\r\n\r\n"
      })
  @FaultRow(row = 53, fault = "what is no HTTP is told so in our words")
  void what_the_server_refuses_is_said_in_our_shape(String request) throws Exception {
    try (var caller = connect()) {
      send(caller, request);
      String told = readAnswer(caller);
      assertTrue(told.matches("(?s)HTTP/1.1 (400|505) .*"), told);
      assertTrue(told.contains("\"code\":\"malformed_request\""), told);
      assertTrue(told.contains("\"source\":\"router\""), told);
      assertTrue(told.contains("\"request_id\":\"req_"), told);
    }
  }

  @Test
  void a_method_nobody_knows_is_told_which_there_are() throws Exception {
    try (var caller = connect()) {
      send(caller, "FROB /v1/ask HTTP/1.1\r\nhost: x\r\n\r\n");
      String told = readAnswer(caller);
      assertTrue(told.startsWith("HTTP/1.1 405 "), told);
      assertTrue(told.contains("answers POST only"), told);
    }
  }

  @Test
  void headers_that_are_too_long_are_said_to_be() throws Exception {
    try (var caller = connect()) {
      send(caller, head("x-long: " + "a".repeat(40_000) + "\r\n"));
      String told = readAnswer(caller);
      assertTrue(told.startsWith("HTTP/1.1 4"), told);
      assertTrue(told.contains("\"source\":\"router\""), told);
    }
  }

  /** On a connection of its own. */
  private static String post(OpenDoors to, String path) throws IOException {
    try (var caller = new Socket("127.0.0.1", to.url().getPort())) {
      caller.setSoTimeout(30_000);
      send(caller, head("content-length: 2\r\n").replace("/v1/ask", path) + "{}");
      return readAnswer(caller);
    }
  }

  private static void assertAnswered(String told) {
    assertTrue(told.startsWith("HTTP/1.1 200 "), told);
  }

  private Socket connect() throws IOException {
    var socket = new Socket("127.0.0.1", doors.url().getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) LONG.toMillis());
    return socket;
  }

  private static String head(String headers) {
    return "POST /v1/ask HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sk-growth\r\n"
        + headers
        + "\r\n";
  }

  private static void send(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** Everything until the other side closes. */
  private static String read(Socket socket) {
    var told = new StringBuilder();
    try {
      InputStream in = socket.getInputStream();
      for (int b; (b = in.read()) >= 0; ) {
        told.append((char) b);
      }
    } catch (IOException reset) {
      // What came before counts.
    }
    return told.toString();
  }

  /** One answer with a JSON object in it. */
  private static String readAnswer(Socket socket) throws IOException {
    var told = new StringBuilder();
    InputStream in = socket.getInputStream();
    while (told.isEmpty() || told.charAt(told.length() - 1) != '}') {
      int b = in.read();
      if (b < 0) {
        throw new IOException("closed after " + told);
      }
      told.append((char) b);
    }
    return told.toString();
  }

  private void await() {
    try {
      assertTrue(goOn.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
