package dev.flotilla.bench.budgets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks a fleet's API and reads its metrics. Thread-safe. */
final class FleetDoor implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final URI router;
  private final String adminKey;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  FleetDoor(URI router, String adminKey) {
    this.router = router;
    this.adminKey = adminKey;
  }

  /** The status and cost, nano-dollars, of an answer. */
  record Answer(int status, long nanos) {}

  Answer chat(String key, String model, String text) throws InterruptedException {
    HttpResponse<String> answer =
        send(
            request("/v1/chat/completions", key)
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"%s\",\"max_tokens\":64,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                            .formatted(model, text)))
                .build());
    return new Answer(
        answer.statusCode(),
        answer.headers().firstValue("x-cost-usd").map(FleetDoor::nanos).orElse(0L));
  }

  /** Sets a year's budget. */
  void limit(String scope, long nanos, String onLedgerAway) throws InterruptedException {
    String terms =
        "{\"limit_usd\":%s,\"period\":\"year\",\"on_ledger_away\":\"%s\"}"
            .formatted(BigDecimal.valueOf(nanos, 9).toPlainString(), onLedgerAway);
    HttpResponse<String> answer =
        send(
            request("/v1/budgets/" + scope, adminKey)
                .PUT(HttpRequest.BodyPublishers.ofString(terms))
                .build());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException("no budget could be set: " + answer.body());
    }
  }

  /** What the ledger says was spent of a budget, nano-dollars. */
  long booked(String scope) throws InterruptedException {
    HttpResponse<String> answer = send(request("/v1/budgets/" + scope, adminKey).build());
    try {
      JsonNode budget = JSON.readTree(answer.body());
      return nanos(budget.path("spent_usd").asText("0"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The sum over a metric's labels; 0 when there is none. */
  double metric(URI ops, String name) throws InterruptedException {
    return send(HttpRequest.newBuilder(ops.resolve("/metrics")).build())
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private static long nanos(String usd) {
    return new BigDecimal(usd).movePointRight(9).longValueExact();
  }

  private HttpRequest.Builder request(String path, String key) {
    return HttpRequest.newBuilder(router.resolve(path))
        .header("authorization", "Bearer " + key)
        .header("content-type", "application/json")
        .timeout(PATIENCE);
  }

  private HttpResponse<String> send(HttpRequest request) throws InterruptedException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
