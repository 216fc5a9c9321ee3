package dev.flotilla.bench.chaos;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * A provider that answers, plain and streamed, and keeps its own bill by the attempt id in {@code
 * x-client-request-id}. What it began it charges, whether somebody hears the end or not.
 * Thread-safe.
 */
final class BillingUpstream implements AutoCloseable {
  private static final int CHUNKS = 4;
  private final HttpServer server;
  private final long pauseMillis;
  private final Map<String, Bill> bills = new ConcurrentHashMap<>();

  private BillingUpstream(HttpServer server, long pauseMillis) {
    this.server = server;
    this.pauseMillis = pauseMillis;
  }

  /**
   * @param pauseMillis before an answer, and between the pieces of one
   */
  static BillingUpstream start(long pauseMillis) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
    var upstream = new BillingUpstream(server, pauseMillis);
    server.createContext("/", upstream::receive);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return upstream;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
  }

  /** By attempt. */
  Map<String, Bill> bills() {
    return Map.copyOf(bills);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String attempt = exchange.getRequestHeaders().getFirst("x-client-request-id");
      if (attempt == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      Bill bill = Bill.of(body);
      bills.merge(attempt, bill, (before, now) -> before.again());
      Thread.sleep(pauseMillis);
      if (body.contains("\"stream\":true")) {
        stream(exchange, bill);
      } else {
        whole(exchange, bill);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void whole(HttpExchange exchange, Bill bill) throws IOException {
    byte[] answer =
        """
        {"id":"chatcmpl-1","object":"chat.completion","created":1767225600,"model":"gpt-mock","choices":[{"index":0,"message":{"role":"assistant","content":"All is well."},"finish_reason":"stop"}],%s}"""
            .formatted(usage(bill))
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
  }

  private void stream(HttpExchange exchange, Bill bill) throws IOException, InterruptedException {
    exchange.getResponseHeaders().set("content-type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    for (int i = 0; i < CHUNKS; i++) {
      chunk(out, "{\"index\":0,\"delta\":{\"content\":\"well \"},\"finish_reason\":null}", "");
      Thread.sleep(pauseMillis);
    }
    chunk(out, "{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}", "");
    chunk(out, "", "," + usage(bill));
    event(out, "[DONE]");
  }

  private static void chunk(OutputStream out, String choice, String rest) throws IOException {
    event(
        out,
        "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1767225600,\"model\":\"gpt-mock\",\"choices\":["
            + choice
            + "]"
            + rest
            + "}");
  }

  private static void event(OutputStream out, String data) throws IOException {
    out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static String usage(Bill bill) {
    return "\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d,\"prompt_tokens_details\":{\"cached_tokens\":%d}}"
        .formatted(
            bill.promptTokens(),
            bill.completionTokens(),
            bill.promptTokens() + bill.completionTokens(),
            bill.cachedTokens());
  }
}
