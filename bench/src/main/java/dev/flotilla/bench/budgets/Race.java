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
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Many at once, round after round, on a budget that has enough for three quarters of them: each
 * round raises its limit by so much and crosses it again.
 */
public final class Race implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int TRIALS = 8;
  private static final long FOR_TRIALS = 1_000_000;

  private final Course course;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  // What was asked so far, and by the answers' own account was spent. One thread.
  private final TreeMap<Integer, Integer> statuses = new TreeMap<>();
  private int asked;
  private long spent;

  public Race(Course course) {
    this.course = course;
  }

  private record Answer(int status, long nanos) {}

  /**
   * @param onLedgerAway {@code serve} or {@code refuse}
   * @param progress is told each round that has ended
   */
  public RaceReport run(int rounds, int callers, String onLedgerAway, IntConsumer progress)
      throws InterruptedException {
    long began = System.nanoTime();
    double overshootBefore = overshoot();
    long limit = FOR_TRIALS;
    set(limit, onLedgerAway);
    ask(TRIALS);
    // So many answers cost as much as these did; the rest of the first limit is used as well.
    long step = Math.max(1, spent / TRIALS) * callers / 4 * 3;
    long mostOver = Long.MIN_VALUE;
    boolean added = true;
    for (int round = 1; round <= rounds; round++) {
      limit += step;
      set(limit, onLedgerAway);
      ask(callers);
      added &= ledgerHasAll();
      mostOver = Math.max(mostOver, spent - limit);
      progress.accept(round);
    }
    return new RaceReport(
        onLedgerAway,
        rounds,
        callers,
        new TreeMap<>(statuses),
        limit,
        spent,
        Math.max(0, mostOver),
        (long) (overshoot() - overshootBefore),
        added,
        Duration.ofNanos(System.nanoTime() - began));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private void ask(int callers) throws InterruptedException {
    int from = asked;
    asked += callers;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers =
          threads.invokeAll(
              IntStream.range(from, asked)
                  .<Callable<Answer>>mapToObj(i -> () -> ask("question " + i))
                  .toList());
      for (var answer : answers) {
        statuses.merge(answer.get().status(), 1, Integer::sum);
        spent += answer.get().nanos();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a caller gave up: " + e.getCause(), e);
    }
  }

  private Answer ask(String text) throws InterruptedException {
    HttpResponse<String> answer =
        send(
            request(course.router(), "/v1/chat/completions", course.callerKey())
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"%s\",\"max_tokens\":64,\"messages\":[{\"role\":\"user\",\"content\":\"%s of %s\"}]}"
                            .formatted(course.model(), text, course.scope())))
                .build());
    return new Answer(
        answer.statusCode(), answer.headers().firstValue("x-cost-usd").map(Race::nanos).orElse(0L));
  }

  private void set(long limitNanos, String onLedgerAway) throws InterruptedException {
    String terms =
        "{\"limit_usd\":%s,\"period\":\"year\",\"on_ledger_away\":\"%s\"}"
            .formatted(BigDecimal.valueOf(limitNanos, 9).toPlainString(), onLedgerAway);
    HttpResponse<String> answer =
        send(
            request(course.router(), "/v1/budgets/" + course.scope(), course.adminKey())
                .PUT(HttpRequest.BodyPublishers.ofString(terms))
                .build());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException("no budget could be set: " + answer.body());
    }
  }

  /** Waits for the ledger; false when it comes to another sum than the answers did. */
  private boolean ledgerHasAll() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (booked() != spent) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(20);
    }
    return true;
  }

  private long booked() throws InterruptedException {
    HttpResponse<String> answer =
        send(request(course.router(), "/v1/budgets/" + course.scope(), course.adminKey()).build());
    try {
      JsonNode budget = JSON.readTree(answer.body());
      return nanos(budget.path("spent_usd").asText("0"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private double overshoot() throws InterruptedException {
    return send(HttpRequest.newBuilder(course.providerOps().resolve("/metrics")).build())
        .body()
        .lines()
        .filter(line -> line.startsWith("llm_budget_overshoot_nanousd_total"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static long nanos(String usd) {
    return new BigDecimal(usd).movePointRight(9).longValueExact();
  }

  private static HttpRequest.Builder request(URI at, String path, String key) {
    return HttpRequest.newBuilder(at.resolve(path))
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
