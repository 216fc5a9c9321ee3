package dev.flotilla.router.decisions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.contracts.decision.Decision;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.testkit.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class DecisionLogTest {
  private static final String TOKEN = "a-token-for-tests-only";
  private static final String TAKEN = "{\"accepted\":1,\"duplicate\":0,\"rejected\":0}";

  private final MetricRegistry metrics =
      io.helidon.microprofile.metrics.RegistryFactory.getInstance()
          .getRegistry(DecisionLogTest.class.getSimpleName() + System.nanoTime());
  private final BlockingQueue<List<String>> batches = new LinkedBlockingQueue<>();
  private final int port = FreePort.next();
  private @Nullable HttpServer costService;

  @AfterEach
  void stop() {
    goAway();
  }

  @Test
  void decisions_wait_while_cost_service_is_away_and_arrive_when_it_is_back() throws Exception {
    try (var log = log(100)) {
      log.add(decision("r1"));
      log.add(decision("r2"));
      // Back, but not well yet: the batch is kept and comes again.
      comeBack(exchange -> answer(exchange, 503, "{}"));
      assertTrue(next().contains("r1"));
      assertTrue(next().contains("r1"));
      goAway();
      batches.clear();
      comeBack(exchange -> answer(exchange, 200, TAKEN));
      List<String> arrived = new ArrayList<>(next());
      while (!arrived.contains("r2")) {
        arrived.addAll(next());
      }
      assertEquals(List.of("r1", "r2"), arrived);
    }
    assertEquals(0, dropped("queue_full") + dropped("refused") + dropped("shutdown"));
  }

  @Test
  void what_finds_the_queue_full_is_counted_and_nobody_waits() throws Exception {
    var mayAnswer = new CountDownLatch(1);
    comeBack(
        exchange -> {
          awaitQuietly(mayAnswer);
          answer(exchange, 200, TAKEN);
        });
    try (var log = log(5)) {
      log.add(decision("first"));
      assertEquals(List.of("first"), next());
      long start = System.nanoTime();
      IntStream.range(0, 8).forEach(i -> log.add(decision("r" + i)));
      assertTrue(System.nanoTime() - start < 1_000_000_000L);
      assertEquals(3, dropped("queue_full"));
      mayAnswer.countDown();
      assertEquals(List.of("r0", "r1", "r2", "r3", "r4"), next());
    }
  }

  @Test
  void a_batch_travels_full_when_many_wait_and_none_is_larger_than_500() throws Exception {
    try (var log = log(2_000)) {
      IntStream.range(0, 1_200).forEach(i -> log.add(decision("r" + i)));
      comeBack(exchange -> answer(exchange, 200, TAKEN));
      List<String> arrived = new ArrayList<>();
      while (arrived.size() < 1_200) {
        List<String> batch = next();
        assertTrue(batch.size() <= 500);
        arrived.addAll(batch);
      }
      assertEquals(IntStream.range(0, 1_200).mapToObj(i -> "r" + i).toList(), arrived);
    }
  }

  @Test
  void a_refused_batch_is_dropped_and_does_not_stop_the_next() throws Exception {
    var first = new CountDownLatch(1);
    comeBack(
        exchange -> {
          boolean refused = first.getCount() > 0;
          first.countDown();
          answer(
              exchange,
              refused ? 400 : 200,
              refused ? "{}" : "{\"accepted\":0,\"duplicate\":0,\"rejected\":1}");
        });
    try (var log = log(100)) {
      log.add(decision("r1"));
      assertEquals(List.of("r1"), next());
      log.add(decision("r2"));
      assertEquals(List.of("r2"), next());
    }
    assertEquals(2, dropped("refused"));
  }

  @Test
  void leaving_sends_what_is_left_and_counts_what_nobody_takes() throws Exception {
    comeBack(exchange -> answer(exchange, 200, TAKEN));
    var log = log(100);
    log.add(decision("r1"));
    log.close();
    assertEquals(List.of("r1"), next());
    assertEquals(0, dropped("shutdown"));

    goAway();
    var unheard = log(100);
    unheard.add(decision("r2"));
    unheard.add(decision("r3"));
    unheard.close();
    assertEquals(2, dropped("shutdown"));
  }

  private DecisionLog log(int queueSize) {
    var quick = Duration.ofMillis(20);
    return new DecisionLog(
        DecisionClient.at(URI.create("http://127.0.0.1:" + port), new ServiceToken(TOKEN)),
        new DecisionLogConfig(
            queueSize, quick, quick, quick.multipliedBy(5), Duration.ofMillis(500)),
        metrics);
  }

  private long dropped(String reason) {
    var counter =
        metrics.getCounter(new MetricID("llm_decisions_dropped", new Tag("reason", reason)));
    assertNotNull(counter);
    return counter.getCount();
  }

  private List<String> next() throws InterruptedException {
    List<String> batch = batches.poll(10, TimeUnit.SECONDS);
    assertNotNull(batch);
    return batch;
  }

  /** What cost-service does with a batch. */
  private interface Behaviour {
    void answer(HttpExchange exchange) throws IOException;
  }

  private void comeBack(Behaviour behaviour) throws IOException {
    var server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext(
        "/v1/ledger/decisions",
        exchange -> {
          assertEquals("Bearer " + TOKEN, exchange.getRequestHeaders().getFirst("authorization"));
          batches.add(ids(exchange.getRequestBody().readAllBytes()));
          behaviour.answer(exchange);
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    costService = server;
  }

  private void goAway() {
    if (costService != null) {
      costService.stop(0);
      costService = null;
    }
  }

  private static List<String> ids(byte[] body) {
    try {
      List<String> ids = new ArrayList<>();
      for (JsonNode decision : Json.parseObject(body).path("decisions")) {
        ids.add(decision.path("request_id").asText());
      }
      return ids;
    } catch (NotJson e) {
      throw new AssertionError(e);
    }
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Decision decision(String requestId) {
    return new Decision(
        requestId,
        Instant.parse("2026-11-21T10:00:00Z"),
        "growth",
        "k_1",
        null,
        "chat",
        "bulk",
        0.57,
        "rules",
        List.of("keyword:translate"),
        "miss",
        "acme/swift",
        false,
        0,
        null,
        "success",
        200,
        false,
        3,
        900,
        null,
        null,
        "acme/grand",
        "sha256:00",
        AttemptUsage.text(100, 20, 30, 0),
        null,
        null);
  }
}
