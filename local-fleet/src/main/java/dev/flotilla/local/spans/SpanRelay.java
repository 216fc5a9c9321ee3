package dev.flotilla.local.spans;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;

/**
 * Takes spans over OTLP from services that cannot know whether anybody wants to see them, and
 * passes them on while there is a viewer. Meanwhile the newest are kept, so that a viewer started
 * later still shows them. Thread-safe.
 *
 * <p>docs/decisions/0009-local-traces-are-relayed.md
 */
public final class SpanRelay implements AutoCloseable {
  /** About 3 MB; a request of the demo is six to nine spans. */
  static final int KEPT = 5_000;

  private static final int AT_A_TIME = 500;
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private final Supplier<Optional<URI>> viewer;
  private final Deque<String> waiting = new ArrayDeque<>();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();
  private final HttpServer server;
  private final Thread sender;

  /**
   * Listens on a free loopback port.
   *
   * @param viewer where Zipkin is; asked again before each delivery, empty while there is none
   */
  public static SpanRelay start(Supplier<Optional<URI>> viewer) {
    try {
      return new SpanRelay(
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200),
          viewer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SpanRelay(HttpServer server, Supplier<Optional<URI>> viewer) {
    this.viewer = viewer;
    this.server = server;
    server.createContext("/v1/traces", this::receive);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    this.sender = Thread.ofVirtual().name("span-relay").start(this::send);
  }

  /** Base address for OTLP exporters, which add {@code /v1/traces}. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream in = body(exchange)) {
      exchange.getResponseHeaders().set("content-type", "application/x-protobuf");
      exchange.sendResponseHeaders(kept(in.readAllBytes()) ? 200 : 400, -1);
    }
  }

  private boolean kept(byte[] otlp) {
    try {
      keep(ZipkinSpans.of(otlp));
      return true;
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  private static InputStream body(HttpExchange exchange) throws IOException {
    var raw = exchange.getRequestBody();
    return "gzip".equals(exchange.getRequestHeaders().getFirst("content-encoding"))
        ? new GZIPInputStream(raw)
        : raw;
  }

  private void keep(List<String> spans) {
    synchronized (waiting) {
      waiting.addAll(spans);
      while (waiting.size() > KEPT) {
        waiting.removeFirst();
      }
    }
  }

  private void send() {
    try {
      while (true) {
        Thread.sleep(BETWEEN_LOOKS);
        var batch = next();
        while (!batch.isEmpty()) {
          var address = viewer.get();
          if (address.isEmpty() || !taken(address.get(), batch)) {
            putBack(batch);
            break;
          }
          batch = next();
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private List<String> next() {
    synchronized (waiting) {
      var batch = new ArrayList<String>();
      while (!waiting.isEmpty() && batch.size() < AT_A_TIME) {
        batch.add(waiting.removeFirst());
      }
      return batch;
    }
  }

  private void putBack(List<String> batch) {
    synchronized (waiting) {
      batch.reversed().stream()
          .limit(Math.max(0, KEPT - waiting.size()))
          .forEach(waiting::addFirst);
    }
  }

  private boolean taken(URI address, List<String> batch) throws InterruptedException {
    var request =
        HttpRequest.newBuilder(address.resolve("/api/v2/spans"))
            .header("content-type", "application/json")
            .timeout(Duration.ofSeconds(5))
            .POST(HttpRequest.BodyPublishers.ofString("[" + String.join(",", batch) + "]"))
            .build();
    try {
      var status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      // What Zipkin does not understand it will not understand later either.
      return status / 100 == 2 || status == 400;
    } catch (IOException stillStarting) {
      return false;
    }
  }

  @Override
  public void close() {
    sender.interrupt();
    server.stop(0);
    http.shutdownNow();
  }
}
