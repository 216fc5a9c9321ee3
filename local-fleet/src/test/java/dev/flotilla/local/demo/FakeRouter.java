package dev.flotilla.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;

/**
 * Answers as the router is specified to: facts in headers and usage, a cache, a fallback for a
 * model that fails on demand, a ledger with a report of savings, and reviews by three. Knows
 * "translate" as bulk, "JSON" as structured, "Design" as complex, the rest as standard.
 */
final class FakeRouter implements AutoCloseable {
  static final BigDecimal PRICE = new BigDecimal("0.0000213");

  private record Given(Instant at, boolean hit, boolean broken) {}

  private final HttpServer server;
  private final Set<String> seen = new HashSet<>();
  private BigDecimal ledger = new BigDecimal("1.5");
  private int rows = 3;
  private final List<Given> given = new ArrayList<>();
  private boolean forgetful;
  private boolean partial;

  FakeRouter() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/v1/chat/completions", this::chat);
    server.createContext("/v1/costs", this::costs);
    server.createContext("/v1/costs/savings", this::savings);
    server.createContext("/v1/reviews", this::review);
    server.start();
  }

  RouterClient client() {
    return new RouterClient(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "sk-local");
  }

  /** From now on answers cost what the ledger never hears of. */
  void losesCosts() {
    forgetful = true;
  }

  /** From now on two reviewers sit in the panel, and nobody says why. */
  void losesReviewers() {
    partial = true;
  }

  private synchronized void chat(HttpExchange exchange) throws IOException {
    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var request = RouterClient.JSON.readTree(body);
    var messages = request.path("messages");
    var prompt = messages.path(messages.size() - 1).path("content").asText();
    if (prompt.contains("forbidden")) {
      reply(exchange, 403, "{\"error\":{\"message\":\"this key may not\"}}");
      return;
    }
    var hit = !seen.add(body);
    var broken = request.path("model").asText().endsWith(":500");
    var cost = hit ? BigDecimal.ZERO : PRICE;
    if (!hit && !forgetful) {
      ledger = ledger.add(cost);
      rows++;
    }
    given.add(new Given(Instant.now(), hit, broken));
    var headers = exchange.getResponseHeaders();
    headers.set("x-request-id", "req_" + seen.size());
    headers.set("x-task-type", taskType(prompt));
    headers.set("x-model-used", broken ? "sim-south/fast" : "sim-north/fast");
    headers.set("x-cache", hit ? "HIT" : "MISS");
    headers.set("x-fallback-count", broken ? "1" : "0");
    if (broken) {
      headers.set("x-fallback-reason", "server_error");
    }
    var usage =
        "\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":30,\"cost\":%s}"
            .formatted(cost.toPlainString());
    if (request.path("stream").asBoolean()) {
      headers.set("content-type", "text/event-stream");
      reply(exchange, 200, stream(request, usage));
    } else {
      headers.set("x-cost-usd", cost.toPlainString());
      reply(
          exchange,
          200,
          "{\"choices\":[{\"message\":{\"content\":\"[simulated]\"}}]," + usage + "}");
    }
  }

  private static String stream(JsonNode request, String usage) {
    var wantsUsage = request.path("stream_options").path("include_usage").asBoolean();
    return "data: {\"choices\":[{\"delta\":{\"content\":\"[simulated]\"}}]}\n\n: keep-alive\n\n"
        + (wantsUsage ? "data: {\"choices\":[]," + usage + "}\n\n" : "")
        + "data: [DONE]\n\n";
  }

  private synchronized void costs(HttpExchange exchange) throws IOException {
    reply(
        exchange,
        200,
        """
        {"object":"page","has_more":false,"data":[{"start_time":1,"end_time":2,"results":[
          {"group":{"model":"sim-north/fast"},"amount":{"value":%s,"currency":"usd"},"requests":%d,"cache_hits":%d,"fallbacks":%d}]}]}
        """
            .formatted(
                ledger.toPlainString(),
                rows,
                given.stream().filter(Given::hit).count(),
                given.stream().filter(Given::broken).count()));
  }

  /** What a first choice would have cost is a million nano-dollars for all of them. */
  private synchronized void savings(HttpExchange exchange) throws IOException {
    var from = Instant.parse(exchange.getRequestURI().getQuery().replaceAll(".*from=", ""));
    var answers = given.stream().filter(answer -> !answer.at().isBefore(from)).toList();
    var hits = answers.stream().filter(Given::hit).count();
    var named = answers.stream().filter(Given::broken).count();
    var routed = answers.size() - hits - named;
    var price = forgetful ? 0 : PRICE.movePointRight(9).longValueExact();
    var saved = 1_000_000 - routed * price;
    reply(
        exchange,
        200,
        """
        {"definition":{"baseline_models":["sim-north/flagship"],"saved":"all told","routing":"a","cache":"b","overhead":"c"},
         "results":[{"simulated":%s,"routing":{"answers":%d,"baseline":{"nanos":1000000},"spent":{"nanos":%d},"saved":{"nanos":%d}},
           "cache":{"hits":%d,"saved":{"nanos":0}},"named":{"attempts":%d,"spent":{"nanos":%d}},
           "not_compared":{"attempts":0,"spent":{"nanos":0}},"overhead":{"total":{"nanos":0},"unknown":{"nanos":0}},
           "saved":{"nanos":%d}}]}
        """
            .formatted(
                named > 0, routed, routed * price, saved, hits, named, named * price, saved));
  }

  private synchronized void review(HttpExchange exchange) throws IOException {
    var seat = "{\"family\":\"%s\",\"cost\":0.001}";
    var cost = partial ? "0.002" : "0.003";
    ledger = ledger.add(new BigDecimal(cost));
    rows += 3;
    reply(
        exchange,
        201,
        """
        {"id":"rev_1","status":"decided","decision":"approve","policy":{"name":"two-of-three"},"reviewers":[%s,%s%s],
         "aggregate":{"votes":{"approve":%d,"reject":0,"abstained":0}},"usage":{"cost":%s}}
        """
            .formatted(
                seat.formatted("north"),
                seat.formatted("south"),
                partial ? "" : "," + seat.formatted("east"),
                partial ? 2 : 3,
                cost));
  }

  private static String taskType(String prompt) {
    if (prompt.contains("Translate")) {
      return "bulk";
    }
    if (prompt.contains("JSON")) {
      return "structured";
    }
    return prompt.contains("Design") ? "complex" : "standard";
  }

  private static void reply(HttpExchange exchange, int status, String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
