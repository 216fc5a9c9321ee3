package dev.flotilla.provider.dialect.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The other side of the Messages API on a loopback port: it says what was recorded. */
public final class FakeAnthropic implements AutoCloseable {
  static {
    // Read once when the JDK's server class loads; without it a piece of a stream may wait.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Answer answer = e -> e.sendResponseHeaders(500, -1);
  private volatile ObjectNode lastBody = Json.object();
  private volatile Map<String, String> lastHeaders = Map.of();
  private volatile @Nullable Throwable misfit;

  /** What a request gets; whatever it leaves open is closed after it. */
  public interface Answer {
    void to(HttpExchange exchange) throws IOException, InterruptedException;
  }

  public FakeAnthropic() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/v1/messages", this::receive);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  public String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public void says(Answer next) {
    answer = next;
  }

  /** A recorded message, or its recorded events when the request asks for a stream. */
  public void says(String recorded) {
    says(
        e -> {
          if (lastBody.path("stream").asBoolean()) {
            events(e, recorded(recorded + ".sse"));
          } else {
            reply(e, 200, "application/json", recorded(recorded + ".json"));
          }
        });
  }

  /** An error as Anthropic words it. */
  public void fails(int status, String type, String message) {
    ObjectNode body = Json.object().put("type", "error").put("request_id", "req_1");
    body.putObject("error").put("type", type).put("message", message);
    says(e -> reply(e, status, "application/json", Json.bytes(body)));
  }

  /** Never, until the test is over. */
  public void hangs() {
    says(e -> closed.await());
  }

  public ObjectNode lastBody() {
    return lastBody;
  }

  /** Names in lower case. */
  public Map<String, String> lastHeaders() {
    return lastHeaders;
  }

  public static void reply(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("content-type", type);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  /** Events, each of these pieces on its own. */
  public static void events(HttpExchange exchange, byte[]... pieces) throws IOException {
    exchange.getResponseHeaders().set("content-type", "text/event-stream; charset=utf-8");
    exchange.sendResponseHeaders(200, 0);
    for (byte[] piece : pieces) {
      exchange.getResponseBody().write(piece);
      exchange.getResponseBody().flush();
    }
  }

  /** The events up to this text; then the connection ends in order. */
  public static byte[] upTo(String recorded, String text) {
    byte[] all = recorded(recorded);
    return Arrays.copyOf(
        all, new String(all, StandardCharsets.ISO_8859_1).indexOf(text)); // offsets are bytes
  }

  public static byte[] recorded(String name) {
    try (InputStream in = FakeAnthropic.class.getResourceAsStream("/recorded/" + name)) {
      if (in == null) {
        throw new AssertionError("there is no recorded reply " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails when something was sent that Anthropic's own SDK would not send. */
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

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      lastBody = Json.parseObject(exchange.getRequestBody().readAllBytes());
      judge(lastBody);
      var headers = new HashMap<String, String>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
      lastHeaders = Map.copyOf(headers);
      answer.to(exchange);
    } catch (InterruptedException | NotJson e) {
      throw new IOException(e);
    }
  }
}
