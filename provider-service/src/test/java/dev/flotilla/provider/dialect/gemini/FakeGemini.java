package dev.flotilla.provider.dialect.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Gemini on a loopback port, which replies as a test says. Thread-safe. */
public final class FakeGemini implements AutoCloseable {
  private final HttpServer server;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Reply reply = Reply.json(404, "{}");
  private volatile @Nullable Throwable misfit;
  private volatile Asked asked = new Asked("", "", "", Json.object());

  /** How a request is answered. */
  public interface Reply {
    void to(HttpExchange exchange) throws IOException;

    static Reply of(int status, String type, byte[] body) {
      return exchange -> {
        exchange.getResponseHeaders().set("content-type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
      };
    }

    static Reply json(int status, String body) {
      return of(status, "application/json; charset=UTF-8", body.getBytes(StandardCharsets.UTF_8));
    }

    /** The first {@code end} bytes, in two writes, as events; the connection breaks when cut. */
    static Reply events(byte[] events, int split, int end, boolean cut) {
      return exchange -> {
        exchange.getResponseHeaders().set("content-type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        var out = exchange.getResponseBody();
        out.write(events, 0, Math.min(split, end));
        out.flush();
        out.write(events, Math.min(split, end), end - Math.min(split, end));
        out.flush();
        if (cut) {
          throw new IOException("cut, as asked");
        }
        out.close();
      };
    }

    static Reply events(byte[] events) {
      return events(events, 0, events.length, false);
    }
  }

  /** A request as it arrived. */
  public record Asked(String uri, String key, String attempt, ObjectNode body) {
    boolean stream() {
      return uri.contains(":streamGenerateContent");
    }
  }

  public FakeGemini() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::receive);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  public String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1beta";
  }

  public void replies(Reply next) {
    reply = next;
  }

  /** Replies to a whole and to a streamed question with what was recorded for each. */
  public void replies(String recorded) {
    byte[] whole = Recorded.bytes(recorded + ".json");
    byte[] events = Recorded.bytes(recorded + ".sse");
    replies(
        exchange ->
            (asked.stream()
                    ? Reply.events(events)
                    : Reply.of(200, "application/json; charset=UTF-8", whole))
                .to(exchange));
  }

  /** Never replies. */
  public void hangs() {
    replies(
        exchange -> {
          try {
            closed.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          throw new IOException("closed while hanging");
        });
  }

  /** Breaks off in the middle of what was recorded. */
  public void cuts(String recorded) {
    byte[] whole = Recorded.bytes(recorded + ".json");
    byte[] events = Recorded.bytes(recorded + ".sse");
    replies(
        exchange -> {
          if (asked.stream()) {
            Reply.events(events, 0, events.length / 2, true).to(exchange);
          }
          exchange.getResponseHeaders().set("content-type", "application/json");
          exchange.sendResponseHeaders(200, whole.length);
          exchange.getResponseBody().write(Arrays.copyOf(whole, whole.length / 2));
          exchange.getResponseBody().flush();
          throw new IOException("cut, as asked");
        });
  }

  /** The newest request. */
  public Asked asked() {
    return asked;
  }

  /** Fails when something was sent that the types of Google's own SDK do not know. */
  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    if (misfit != null) {
      throw new AssertionError("sent what the SDK's types do not know", misfit);
    }
  }

  private void judge(ObjectNode body) {
    try {
      SdkJudge.judge(body);
    } catch (RuntimeException | AssertionError e) {
      misfit = e;
    }
  }

  /**
   * An exception makes the JDK's server hang up, which closing the exchange would turn into an end.
   */
  private void receive(HttpExchange exchange) throws IOException {
    try {
      asked =
          new Asked(
              exchange.getRequestURI().toString(),
              exchange.getRequestHeaders().getFirst("x-goog-api-key"),
              exchange.getRequestHeaders().getFirst("x-client-request-id"),
              Json.parseObject(exchange.getRequestBody().readAllBytes()));
      judge(asked.body());
      reply.to(exchange);
      exchange.close();
    } catch (NotJson e) {
      throw new IOException(e);
    }
  }
}
