package dev.flotilla.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * A model provider on a loopback port that keeps its own bill, per attempt id ({@code
 * x-client-request-id}): the other side of every test that claims the ledger is right. It speaks
 * OpenAI's dialect unless started with another one; what it does is the same in all of them.
 *
 * <p>The usage follows from the request alone ({@link Answer#to}), so a test can compute it. A bill
 * is written before the first byte of the answer, and corrected downwards when a caller leaves a
 * stream. What it does wrong is set at run time: {@link #next}, {@link #always}. Thread-safe.
 */
public final class CountingUpstream implements AutoCloseable {
  static {
    // Read once when the JDK's server class loads. Without it a keep-alive answer can wait 40 ms
    // for an acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("sun.net.httpserver.maxIdleConnections", "5000");
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KEPT_REQUESTS = 1_000;
  private static final Duration HEARING = Duration.ofSeconds(30);

  private final HttpServer server;
  private final Tongue tongue;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<String, Bill> bills = new ConcurrentHashMap<>();
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong anonymous = new AtomicLong();

  /** In headers of each answer, which are between an upstream and those who pay it. */
  public static final String OWN_WORDS = "upstreams-own-words";

  private final Object lock = new Object();
  private final Deque<Behaviour> script = new ArrayDeque<>();
  private final Deque<Received> received = new ArrayDeque<>();
  private Behaviour usual = Behaviour.ok();
  private long requests;

  private CountingUpstream(HttpServer server, Tongue tongue) {
    this.server = server;
    this.tongue = tongue;
  }

  /**
   * A request as it arrived.
   *
   * @param headers names in lower case, first value of each
   */
  public record Received(String path, Map<String, String> headers, String body) {}

  /** An upstream on a free loopback port. */
  public static CountingUpstream start() {
    return start(0);
  }

  /** An upstream on this loopback port; 0 takes a free one. */
  public static CountingUpstream start(int port) {
    return start(port, UpstreamDialect.OPENAI);
  }

  /** An upstream on a free loopback port that speaks another dialect. */
  public static CountingUpstream start(UpstreamDialect dialect) {
    return start(0, dialect);
  }

  private static CountingUpstream start(int port, UpstreamDialect dialect) {
    try {
      var server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      var upstream = new CountingUpstream(server, dialect.tongue());
      server.createContext("/", upstream::receive);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.start();
      return upstream;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Base address as clients of its dialect want it; OpenAI's ends with {@code /v1}. */
  public String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + tongue.basePath();
  }

  /** The next {@code n} requests are treated so, after those already scripted. */
  public void next(int n, Behaviour behaviour) {
    synchronized (lock) {
      for (int i = 0; i < n; i++) {
        script.add(behaviour);
      }
    }
  }

  /** From now on every request is treated so; what was scripted is forgotten. */
  public void always(Behaviour behaviour) {
    synchronized (lock) {
      script.clear();
      usual = behaviour;
    }
  }

  /**
   * What was billed, by attempt id; a request without one is billed under {@code anonymous-<n>}.
   */
  public Map<String, Bill> bills() {
    return Map.copyOf(bills);
  }

  /** The newest thousand requests, oldest first. */
  public List<Received> received() {
    synchronized (lock) {
      return List.copyOf(received);
    }
  }

  /** How many completion requests have arrived. */
  public long requests() {
    synchronized (lock) {
      return requests;
    }
  }

  /** The newest completion request; an IllegalStateException when there was none. */
  public Received lastRequest() {
    synchronized (lock) {
      Received last = received.peekLast();
      if (last == null) {
        throw new IllegalStateException("no request has arrived yet");
      }
      return last;
    }
  }

  /**
   * Waits until at least {@code n} completion requests have arrived; an AssertionError when
   * patience ends first.
   */
  public void awaitRequests(long n, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    synchronized (lock) {
      while (requests < n) {
        long millis = (end - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          throw new AssertionError(requests + " requests within " + patience + ", expected " + n);
        }
        try {
          lock.wait(millis);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted while waiting for requests", e);
        }
      }
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }

  private void receive(HttpExchange exchange) throws IOException {
    // As providers do: whose account it is, and what keeps clients on one of their machines.
    for (String name : List.of("openai-organization", "x-key-id", "via", "cf-ray")) {
      exchange.getResponseHeaders().set(name, OWN_WORDS);
    }
    exchange.getResponseHeaders().set("set-cookie", "__cf_bm=" + OWN_WORDS + "; path=/; HttpOnly");
    String path = exchange.getRequestURI().getPath();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (path.endsWith("/models")) {
      send(exchange, 200, "{\"object\":\"list\",\"data\":[]}");
      return;
    }
    if (!tongue.isQuestion(path) || !exchange.getRequestMethod().equals("POST")) {
      send(exchange, 404, tongue.error(404, "no such path: " + path));
      return;
    }
    Behaviour behaviour = note(exchange, path, body);
    JsonNode request = JSON.readTree(body);
    Tongue.Complaint complaint = tongue.complaint(headers(exchange), request);
    if (complaint != null) {
      send(exchange, complaint.status(), tongue.error(complaint.status(), complaint.message()));
      return;
    }
    String sentId = exchange.getRequestHeaders().getFirst("x-client-request-id");
    String id = sentId == null ? "anonymous-" + anonymous.incrementAndGet() : sentId;
    Tongue.Asked asked = tongue.read(path, request);
    long number = answers.incrementAndGet();
    Answer answer =
        request.has("input")
            ? Answer.of(new Embedded(request), asked, number)
            : Answer.to(asked, number);

    switch (behaviour) {
      case Behaviour.Ok() -> answer(exchange, id, answer, asked, Duration.ZERO);
      case Behaviour.Says(ObjectNode message) ->
          answer(exchange, id, answer.saying(message), asked, Duration.ZERO);
      case Behaviour.Replays(var answers) -> {
        ObjectNode replayed = JSON.createObjectNode().put("content", answers.apply(body));
        answer(exchange, id, answer.saying(replayed), asked, Duration.ZERO);
      }
      case Behaviour.Surely(String content, double logprob) -> {
        Answer said = answer.saying(JSON.createObjectNode().put("content", content));
        boolean wanted = request.path("logprobs").asBoolean();
        answer(exchange, id, wanted ? said.withLogprob(logprob) : said, asked, Duration.ZERO);
      }
      case Behaviour.Filtered(String text) -> {
        ObjectNode begun = JSON.createObjectNode().put("content", text);
        answer(exchange, id, answer.saying(begun, true), asked, Duration.ZERO);
      }
      case Behaviour.Looks() ->
          answer(exchange, id, answer.saying(seen(request)), asked, Duration.ZERO);
      case Behaviour.Slow(var first, var between) -> {
        pause(first);
        answer(exchange, id, answer, asked, between);
      }
      case Behaviour.Status(int code, var retryAfter, boolean billed) -> {
        if (billed) {
          charge(id, answer.bill());
        }
        if (retryAfter != null) {
          exchange.getResponseHeaders().set("retry-after", String.valueOf(retryAfter.toSeconds()));
        }
        send(exchange, code, tongue.error(code, "scripted status " + code));
      }
      case Behaviour.TooLong() -> send(exchange, 400, tongue.tooLong());
      case Behaviour.Hang(boolean billed) -> {
        if (billed) {
          charge(id, answer.bill());
        }
        awaitClose();
        throw new IOException("scripted hang ended");
      }
      case Behaviour.HangUp(boolean billed) -> {
        if (billed) {
          charge(id, answer.bill());
        }
        // An exception out of a handler makes the JDK's server close the connection as it is.
        throw new IOException("scripted hang-up");
      }
      case Behaviour.Cut(int chunks, var heard) -> {
        if (asked.stream()) {
          charge(id, answer.billAfter(chunks));
          open(exchange, "text/event-stream");
          OutputStream out = exchange.getResponseBody();
          Tongue.Told told = tongue.stream(answer, asked);
          write(out, told.opening());
          for (String piece : told.pieces().stream().limit(chunks).toList()) {
            write(out, piece);
          }
          if (heard != null) {
            await(heard, HEARING);
          }
        } else {
          charge(id, answer.bill());
          byte[] whole = tongue.whole(answer).getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("content-type", "application/json");
          exchange.sendResponseHeaders(200, whole.length);
          exchange.getResponseBody().write(whole, 0, whole.length / 2);
          exchange.getResponseBody().flush();
        }
        throw new IOException("scripted cut");
      }
      case Behaviour.BadJson() -> {
        charge(id, answer.bill());
        send(exchange, 200, "{\"id\": \"chatcmpl-1\", \"choices\": [{");
      }
    }
  }

  /** What an answer says about the pictures of its request. */
  private ObjectNode seen(JsonNode request) {
    List<Tongue.Picture> pictures = tongue.pictures(request);
    String told =
        pictures.stream()
            .map(p -> picture(p.mediaType(), Base64.getDecoder().decode(p.base64())))
            .collect(Collectors.joining(", "));
    return JsonNodeFactory.instance
        .objectNode()
        .put("content", pictures.isEmpty() ? "no picture" : told);
  }

  /** What {@link Behaviour#looks} says about one picture. */
  public static String picture(String mediaType, byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return mediaType + " of " + bytes.length + " bytes, " + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static Map<String, String> headers(HttpExchange exchange) {
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    return headers;
  }

  private Behaviour note(HttpExchange exchange, String path, String body) {
    synchronized (lock) {
      requests++;
      received.addLast(new Received(path, headers(exchange), body));
      if (received.size() > KEPT_REQUESTS) {
        received.removeFirst();
      }
      lock.notifyAll();
      Behaviour scripted = script.poll();
      return scripted == null ? usual : scripted;
    }
  }

  private void answer(
      HttpExchange exchange, String id, Answer answer, Tongue.Asked asked, Duration between)
      throws IOException {
    charge(id, answer.bill());
    if (!asked.stream()) {
      send(exchange, 200, tongue.whole(answer));
      return;
    }
    open(exchange, "text/event-stream");
    Tongue.Told told = tongue.stream(answer, asked);
    int sent = 0;
    try (OutputStream out = exchange.getResponseBody()) {
      write(out, told.opening());
      for (String piece : told.pieces()) {
        if (sent > 0) {
          pause(between);
        }
        write(out, piece);
        sent++;
      }
      write(out, told.closing());
    } catch (IOException left) {
      int generated = sent;
      bills.computeIfPresent(
          id, (same, bill) -> bill.minus(answer.bill()).plus(answer.billAfter(generated)));
      throw left;
    }
  }

  private void charge(String id, Bill bill) {
    bills.merge(id, bill, Bill::plus);
  }

  private static void open(HttpExchange exchange, String type) throws IOException {
    exchange.getResponseHeaders().set("content-type", type);
    exchange.sendResponseHeaders(200, 0);
  }

  private static void write(OutputStream out, String events) throws IOException {
    if (!events.isEmpty()) {
      out.write(events.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private void pause(Duration duration) throws IOException {
    try {
      // Woken early only by close().
      if (!duration.isZero() && closed.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IOException("the upstream was closed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static void await(CountDownLatch latch, Duration patience) throws IOException {
    try {
      // Whoever did not hear anything by then is told by the end of the connection.
      if (!latch.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IOException("nobody heard anything");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private void awaitClose() throws IOException {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
