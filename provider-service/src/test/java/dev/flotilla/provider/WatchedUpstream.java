package dev.flotilla.provider;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;

/** An upstream that does, step by step, what a test says. */
public final class WatchedUpstream implements AutoCloseable {
  private final HttpServer server;
  private volatile Asked asked = new Asked("", Map.of(), "");
  private volatile Behaviour behaviour = exchange -> plain(exchange, 404, "{}");

  /**
   * A request as it arrived.
   *
   * @param uri path and query
   * @param headers names in lower case, first value of each
   */
  public record Asked(String uri, Map<String, String> headers, String body) {}

  /** Answers one request; its body has been read. */
  public interface Behaviour {
    void answer(HttpExchange exchange) throws IOException, InterruptedException;
  }

  public WatchedUpstream() {
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
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  public void does(Behaviour next) {
    behaviour = next;
  }

  /** The newest request. */
  public Asked asked() {
    return asked;
  }

  public static void plain(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  public static OutputStream stream(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("content-type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    return exchange.getResponseBody();
  }

  public static void event(OutputStream out, String data) throws IOException {
    out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  public static String chunk(String words) {
    return """
        {"id":"c1","object":"chat.completion.chunk","model":"up-fast-1","choices":[{"index":0,"delta":{"content":"%s"},"finish_reason":null}]}"""
        .formatted(words);
  }

  public static String lastChunk() {
    return """
        {"id":"c1","object":"chat.completion.chunk","model":"up-fast-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
  }

  public static String usageChunk(int prompt, int completion) {
    return """
        {"id":"c1","object":"chat.completion.chunk","model":"up-fast-1","choices":[],"usage":{"prompt_tokens":%d,"completion_tokens":%d}}"""
        .formatted(prompt, completion);
  }

  public static String completion(String usage) {
    return """
        {"id":"c1","object":"chat.completion","model":"up-fast-1","choices":[{"index":0,"message":{"role":"assistant","content":"Well, yes."},"finish_reason":"stop"}]%s}"""
        .formatted(usage.isEmpty() ? "" : ",\"usage\":" + usage);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      var headers = new TreeMap<String, String>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
      asked =
          new Asked(
              exchange.getRequestURI().toString(),
              headers,
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      behaviour.answer(exchange);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
