package dev.flotilla.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An OpenAI-compatible model provider on a loopback port that keeps its own bill, per attempt id
 * ({@code x-client-request-id}): the other side of every test that claims the ledger is right.
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

  private final HttpServer server;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<String, Bill> bills = new ConcurrentHashMap<>();
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong anonymous = new AtomicLong();

  private final Object lock = new Object();
  private final Deque<Behaviour> script = new ArrayDeque<>();
  private final Deque<Received> received = new ArrayDeque<>();
  private Behaviour usual = Behaviour.ok();
  private long requests;

  private CountingUpstream(HttpServer server) {
    this.server = server;
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
    try {
      var server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      var upstream = new CountingUpstream(server);
      server.createContext("/", upstream::receive);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.start();
      return upstream;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Base address including {@code /v1}, as an OpenAI SDK wants it. */
  public String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
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
    String path = exchange.getRequestURI().getPath();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (path.endsWith("/models")) {
      send(exchange, 200, "{\"object\":\"list\",\"data\":[]}");
      return;
    }
    boolean known = path.endsWith("/chat/completions") || path.endsWith("/embeddings");
    if (!known || !exchange.getRequestMethod().equals("POST")) {
      send(exchange, 404, error("no such path: " + path));
      return;
    }
    Behaviour behaviour = note(exchange, path, body);
    JsonNode request = JSON.readTree(body);
    String sentId = exchange.getRequestHeaders().getFirst("x-client-request-id");
    String id = sentId == null ? "anonymous-" + anonymous.incrementAndGet() : sentId;
    Answer answer = Answer.to(request, "chatcmpl-" + answers.incrementAndGet());
    boolean stream = request.path("stream").asBoolean();

    switch (behaviour) {
      case Behaviour.Ok() -> answer(exchange, id, answer, request, stream, Duration.ZERO);
      case Behaviour.Says(ObjectNode message) ->
          answer(exchange, id, answer.saying(message), request, stream, Duration.ZERO);
      case Behaviour.Slow(var first, var between) -> {
        pause(first);
        answer(exchange, id, answer, request, stream, between);
      }
      case Behaviour.Status(int code, var retryAfter, boolean billed) -> {
        if (billed) {
          charge(id, answer.bill());
        }
        if (retryAfter != null) {
          exchange.getResponseHeaders().set("retry-after", String.valueOf(retryAfter.toSeconds()));
        }
        send(exchange, code, error("scripted status " + code));
      }
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
      case Behaviour.Cut(int chunks) -> {
        if (stream) {
          charge(id, answer.billAfter(chunks));
          open(exchange, "text/event-stream");
          OutputStream out = exchange.getResponseBody();
          for (int i = 0; i < Math.min(chunks, answer.chunks()); i++) {
            write(out, answer.chunk(i));
          }
        } else {
          charge(id, answer.bill());
          byte[] whole = answer.body().toString().getBytes(StandardCharsets.UTF_8);
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

  private Behaviour note(HttpExchange exchange, String path, String body) {
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    synchronized (lock) {
      requests++;
      received.addLast(new Received(path, headers, body));
      if (received.size() > KEPT_REQUESTS) {
        received.removeFirst();
      }
      lock.notifyAll();
      Behaviour scripted = script.poll();
      return scripted == null ? usual : scripted;
    }
  }

  private void answer(
      HttpExchange exchange,
      String id,
      Answer answer,
      JsonNode request,
      boolean stream,
      Duration between)
      throws IOException {
    charge(id, answer.bill());
    if (!stream) {
      send(exchange, 200, answer.body().toString());
      return;
    }
    open(exchange, "text/event-stream");
    int sent = 0;
    try (OutputStream out = exchange.getResponseBody()) {
      for (int i = 0; i < answer.chunks(); i++) {
        if (i > 0) {
          pause(between);
        }
        write(out, answer.chunk(i));
        sent++;
      }
      write(out, answer.lastChunk());
      if (request.path("stream_options").path("include_usage").asBoolean()) {
        write(out, answer.usageChunk());
      }
      write(out, "[DONE]");
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

  private static void write(OutputStream out, Object data) throws IOException {
    out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private static String error(String message) {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("error").put("message", message).put("type", "upstream_error").putNull("code");
    return body.toString();
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

  private void awaitClose() throws IOException {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
