package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.askStreaming;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.local.supervision.Instance;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.FaultRow;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * One part dies or hangs at one moment, and the ledger says afterwards what the upstreams billed.
 * The fleet has a small spool, and a gate between the spool and the ledger.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final LossyGate gate = LossyGate.open();

  /** Between the router and provider-service. */
  private final LossyGate calls = LossyGate.open();

  private FleetUnderTest fleet;

  @BeforeAll
  void start(@TempDir Path folder) {
    fleet =
        FleetUnderTest.start(
            folder,
            "",
            Map.of(
                Service.ROUTER,
                Map.of("FLOTILLA_PROVIDER_URL", calls.url()),
                Service.PROVIDER,
                Map.of(
                    "FLOTILLA_COST_URL", gate.url(),
                    "FLOTILLA_SPOOL_SEGMENT_BYTES", "8192",
                    "FLOTILLA_SPOOL_LIMIT_BYTES", "65536",
                    "FLOTILLA_SPOOL_LONGEST_PAUSE", "PT1S",
                    "FLOTILLA_COMPLETION_PROGRESS_CHUNKS", "1")));
    gate.leadsTo(fleet.fleet.url(Service.COST).getPort());
    calls.leadsTo(fleet.fleet.url(Service.PROVIDER).getPort());
  }

  @AfterAll
  void stop() {
    if (fleet != null) {
      fleet.close();
    }
    gate.close();
    calls.close();
  }

  @BeforeEach
  void everybodyIsWell() {
    fleet.alpha.always(Behaviour.ok());
    fleet.beta.always(Behaviour.ok());
  }

  @Test
  @FaultRow(row = 61, fault = "the router is killed while a provider works for it")
  void what_a_router_that_died_has_asked_for_is_finished_and_written_down() throws Exception {
    fleet.alpha.always(Behaviour.slow(Duration.ofSeconds(2), Duration.ZERO));
    String id = "crash-" + UUID.randomUUID();
    long asked = fleet.alpha.requests();
    var answer =
        fleet.http.sendAsync(
            request(ask("alpha/m", "Who waits?"), "x-request-id", id),
            HttpResponse.BodyHandlers.ofString());
    fleet.alpha.awaitRequests(asked + 1, PATIENCE);
    fleet.fleet.kill9(Service.ROUTER);
    var broken = assertThrows(ExecutionException.class, answer::get);
    assertTrue(broken.getCause() instanceof IOException, broken::toString);
    fleet.awaitRows("request_id = '" + id + "' and state = 'settled'", 1);
    fleet.fleet.awaitReady(Service.ROUTER);
    assertTheBooksAreTrue();
  }

  @Test
  @FaultRow(row = 61, fault = "the router is killed after it answered")
  void an_answer_is_given_again_by_the_router_that_follows_the_one_that_died() throws Exception {
    String[] key = {"idempotency-key", UUID.randomUUID().toString(), "cache-control", "no-store"};
    String body = ask("alpha/m", "Only once, please.");
    HttpResponse<String> first = fleet.chat(KEY, body, key);
    assertEquals(200, first.statusCode(), first.body());
    long asked = fleet.alpha.requests();
    fleet.fleet.kill9(Service.ROUTER);
    fleet.fleet.awaitReady(Service.ROUTER);
    HttpResponse<String> again = fleet.chat(KEY, body, key);
    assertEquals(first.body(), again.body());
    assertEquals("true", again.headers().firstValue("idempotency-replayed").orElse(""));
    assertEquals(asked, fleet.alpha.requests());
    assertTheBooksAreTrue();
  }

  @Test
  @FaultRow(
      row = 61,
      fault = "the router is killed when the answer is there and it has not heard it")
  void an_answer_the_dead_router_never_heard_is_given_by_another_provider_service_and_paid_once()
      throws Exception {
    String[] key = {
      "idempotency-key", UUID.randomUUID().toString(),
      "cache-control", "no-store",
      "x-timeout-ms", "6000"
    };
    String body = ask("alpha/m", "Paid once, heard twice.");
    String id = "crash-" + UUID.randomUUID();
    long asked = fleet.alpha.requests();
    calls.losesAnswers(true);
    try {
      var first = HttpRequest.newBuilder(request(body, key), (n, v) -> true);
      var answer =
          fleet.http.sendAsync(
              first.header("x-request-id", id).build(), HttpResponse.BodyHandlers.ofString());
      fleet.awaitRows("request_id = '" + id + "' and state = 'settled'", 1);
      fleet.fleet.kill9(Service.ROUTER);
      assertThrows(ExecutionException.class, answer::get);
    } finally {
      calls.losesAnswers(false);
    }
    Instance other = fleet.fleet.startAnother(Service.PROVIDER);
    calls.leadsTo(other.url().getPort());
    try {
      fleet.fleet.awaitReady(Service.ROUTER);
      HttpResponse<String> again = fleet.chat(KEY, body, key);
      // For as long as its caller would have waited, the dead router may still be answering.
      for (long end = System.nanoTime() + PATIENCE.toNanos(); again.statusCode() == 409; ) {
        assertTrue(System.nanoTime() < end, again.body());
        Thread.sleep(100);
        again = fleet.chat(KEY, body, key);
      }
      assertEquals(200, again.statusCode(), again.body());
      assertEquals(asked + 1, fleet.alpha.requests(), "paid again");
      assertEquals(1, fleet.metric(other.opsUrl(), "llm_provider_replays_total", "\"replayed\""));
    } finally {
      calls.leadsTo(fleet.fleet.url(Service.PROVIDER).getPort());
    }
    assertTheBooksAreTrue();
  }

  @Test
  @FaultRow(row = 64, fault = "the router is killed in the midst of a stream")
  void a_stream_whose_router_died_looks_broken_and_is_paid_for_to_its_end() throws Exception {
    fleet.alpha.always(Behaviour.slow(Duration.ZERO, Duration.ofMillis(200)));
    String id = "crash-" + UUID.randomUUID();
    HttpResponse<InputStream> answer =
        fleet.http.send(
            request(askStreaming("alpha/m", "A long story, please."), "x-request-id", id),
            HttpResponse.BodyHandlers.ofInputStream());
    var heard = new StringBuilder();
    try (InputStream body = answer.body()) {
      heard.append((char) body.read());
      fleet.fleet.kill9(Service.ROUTER);
      assertThrows(
          IOException.class,
          () -> heard.append(new String(body.readAllBytes(), StandardCharsets.UTF_8)));
    }
    assertFalse(heard.toString().contains("[DONE]"), heard::toString);
    fleet.awaitRows("request_id = '" + id + "' and state = 'settled'", 1);
    fleet.fleet.awaitReady(Service.ROUTER);
    assertTheBooksAreTrue();
  }

  @Test
  @FaultRow(row = 66, fault = "cost-service is killed after its commit, before its answer")
  void a_batch_that_was_written_and_not_acknowledged_is_in_the_ledger_once() throws Exception {
    String id = "crash-" + UUID.randomUUID();
    gate.losesAnswers(true);
    try {
      assertEquals(
          200, fleet.chat(KEY, ask("alpha/m", "Was it written?"), "x-request-id", id).statusCode());
      fleet.awaitRows("request_id = '" + id + "' and state = 'settled'", 1);
      assertTrue(unshippedSeconds() > 0, "the spool believes that the ledger has it");
      fleet.fleet.kill9(Service.COST);
    } finally {
      gate.losesAnswers(false);
    }
    fleet.fleet.awaitReady(Service.COST);
    awaitNothingUnshipped();
    assertEquals(0, fleet.metric(Service.PROVIDER, "ledger_dead_letters"));
    assertTheBooksAreTrue();
  }

  @Test
  @FaultRow(row = 66, fault = "cost-service is killed after it wrote, before its commit")
  void a_batch_that_was_written_and_not_committed_is_in_the_ledger_once() throws Exception {
    String id = "crash-" + UUID.randomUUID();
    try (var blocking = fleet.ledger();
        var statement = blocking.createStatement()) {
      blocking.setAutoCommit(false);
      // Whoever counts waits for this; its rows are written by then.
      statement.execute("set local search_path = cost");
      statement.execute("select take_turn_to_count()");
      assertEquals(
          200, fleet.chat(KEY, ask("alpha/m", "Is it written?"), "x-request-id", id).statusCode());
      fleet.awaitRows("pg_locks", "locktype = 'advisory' and not granted", 1);
      fleet.fleet.kill9(Service.COST);
      blocking.rollback();
    }
    fleet.fleet.awaitReady(Service.COST);
    fleet.awaitRows("request_id = '" + id + "' and state = 'settled'", 1);
    awaitNothingUnshipped();
    assertTheBooksAreTrue();
  }

  @Test
  @FaultRow(row = 68, fault = "cost-service is stopped, and the lag shows")
  void cost_service_away_chat_goes_on_the_lag_grows_and_is_gone_when_it_is_back() throws Exception {
    fleet.fleet.stop(Service.COST);
    try {
      askSome("alpha/m", 10);
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (unshippedSeconds() < 1) {
        assertTrue(System.nanoTime() < end, "the lag does not show");
        Thread.sleep(50);
      }
    } finally {
      fleet.fleet.start(Service.COST);
    }
    awaitNothingUnshipped();
    assertTheBooksAreTrue();
  }

  @Test
  @FaultRow(row = 69, fault = "PostgreSQL is killed and stays away for a while")
  void postgres_crashed_cost_service_says_so_and_the_spool_keeps_everything() throws Exception {
    fleet.fleet.kill9Postgres();
    fleet.fleet.stopPostgres();
    try {
      askSome("alpha/m", 5);
      assertEquals(503, costs());
      assertTrue(unshippedSeconds() > 0);
    } finally {
      fleet.fleet.startPostgres();
    }
    awaitNothingUnshipped();
    assertTheBooksAreTrue();
  }

  @Test
  @FaultRow(row = 70, fault = "PostgreSQL takes no writes")
  void postgres_read_only_the_spool_keeps_everything_and_no_entry_is_given_up() throws Exception {
    database("alter system set default_transaction_read_only = on");
    try {
      // The backends hear of it one after the other.
      for (long end = System.nanoTime() + PATIENCE.toNanos(); entries() != 503; ) {
        assertTrue(System.nanoTime() < end, "it still takes writes, or says something else");
        Thread.sleep(20);
      }
      askSome("alpha/m", 5);
      assertTrue(unshippedSeconds() > 0);
      assertEquals(503, entries());
      assertEquals(0, fleet.metric(Service.PROVIDER, "ledger_dead_letters"));
    } finally {
      database("alter system reset default_transaction_read_only");
    }
    awaitNothingUnshipped();
    assertTheBooksAreTrue();
  }

  @Test
  @FaultRow(row = 71, fault = "PostgreSQL and its backends are frozen")
  void postgres_hanging_nobody_waits_for_ever_and_no_connection_is_lost() throws Exception {
    long postmaster = fleet.fleet.postgresPid();
    List<Long> frozen =
        Stream.concat(
                Stream.of(postmaster),
                ProcessHandle.of(postmaster).orElseThrow().descendants().map(ProcessHandle::pid))
            .toList();
    signal("-STOP", frozen);
    try {
      askSome("alpha/m", 5);
      // More than the pool has connections, twice: a connection that hung is not lost to it.
      for (int round = 0; round < 2; round++) {
        long start = System.nanoTime();
        var answers =
            IntStream.range(0, 12)
                .mapToObj(
                    i -> CompletableFuture.supplyAsync(this::costs, Thread::startVirtualThread))
                .toList();
        for (var answer : answers) {
          assertEquals(503, answer.get());
        }
        assertTrue(System.nanoTime() - start < PATIENCE.toNanos(), "they waited too long");
      }
    } finally {
      signal("-CONT", frozen);
    }
    awaitNothingUnshipped();
    assertEquals(200, costs());
    assertTheBooksAreTrue();
  }

  @Test
  @FaultRow(row = 80, fault = "the spool is full because the ledger is away")
  void a_full_spool_refuses_what_costs_and_gives_what_is_cached() throws Exception {
    String known = ask("auto", "Once before, and again.");
    assertEquals(200, fleet.chat(known).statusCode());
    awaitNothingUnshipped();
    fleet.fleet.stop(Service.COST);
    try {
      HttpResponse<String> refused = null;
      for (int i = 0; i < 300 && refused == null; i++) {
        HttpResponse<String> answer = fleet.chat(ask("auto", UUID.randomUUID().toString()));
        refused = answer.statusCode() == 200 ? null : answer;
      }
      if (refused == null) {
        throw new AssertionError("300 requests fit into 64 KiB");
      }
      assertEquals(503, refused.statusCode(), refused.body());
      long asked = fleet.alpha.requests() + fleet.beta.requests();
      assertEquals(503, fleet.chat(ask("auto", UUID.randomUUID().toString())).statusCode());
      assertEquals(asked, fleet.alpha.requests() + fleet.beta.requests(), "nothing was spent");
      HttpResponse<String> cached = fleet.chat(known);
      assertEquals(200, cached.statusCode(), cached.body());
      assertEquals("HIT", cached.headers().firstValue("x-cache").orElse(""));
    } finally {
      fleet.fleet.start(Service.COST);
    }
    awaitNothingUnshipped();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (fleet.chat(ask("auto", UUID.randomUUID().toString())).statusCode() != 200) {
      assertTrue(System.nanoTime() < end, "paid calls are still refused");
      Thread.sleep(100);
    }
    assertTheBooksAreTrue();
  }

  private void assertTheBooksAreTrue() throws SQLException, InterruptedException {
    Books.once(fleet, fleet.alpha, fleet.beta).assertTrue();
  }

  private void askSome(String model, int times) {
    for (int i = 0; i < times; i++) {
      HttpResponse<String> answer = fleet.chat(ask(model, UUID.randomUUID().toString()));
      assertEquals(200, answer.statusCode(), answer.body());
    }
  }

  private double unshippedSeconds() {
    return fleet.metric(Service.PROVIDER, "ledger_oldest_unshipped_seconds");
  }

  private void awaitNothingUnshipped() throws InterruptedException {
    for (long end = System.nanoTime() + PATIENCE.toNanos(); unshippedSeconds() > 0; ) {
      assertTrue(System.nanoTime() < end, "the ledger does not catch up");
      Thread.sleep(50);
    }
  }

  /** What cost-service says to a question. */
  private int costs() {
    return status(toCost("/v1/costs").GET().build());
  }

  /** What cost-service says to an entry. */
  private int entries() {
    String entry =
        """
        {"entries":[{"attempt_id":"%s","state":"void","request_id":"crash-entry","origin":"chat",
        "team":"growth","key":"k_1","provider":"acme","model":"acme/m","price_version":"-",
        "simulated":true,"started_at":"2026-01-01T00:00:00Z","estimated":false,"usage":{},
        "cost_nanos":0,"floor_nanos":0,"ceiling_nanos":1}]}"""
            .formatted(UUID.randomUUID());
    return status(
        toCost("/v1/ledger/entries")
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(entry))
            .build());
  }

  private HttpRequest.Builder toCost(String path) {
    String token = fleet.fleet.environment(Service.COST).get("FLOTILLA_SERVICE_TOKEN");
    return HttpRequest.newBuilder(fleet.fleet.url(Service.COST).resolve(path))
        .timeout(PATIENCE)
        .header("authorization", "Bearer " + token)
        .header("x-flotilla-team", "growth")
        .header("x-flotilla-key", "k_1");
  }

  private int status(HttpRequest request) {
    try {
      return fleet.http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    } catch (IOException e) {
      throw new AssertionError("cost-service did not answer", e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private HttpRequest request(String body, String... headers) {
    return HttpRequest.newBuilder(fleet.fleet.url().resolve("/v1/chat/completions"))
        .header("authorization", "Bearer " + KEY)
        .header("content-type", "application/json")
        .headers(headers)
        .timeout(Duration.ofSeconds(60))
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private void database(String command) throws SQLException {
    try (var connection = fleet.ledger();
        var statement = connection.createStatement()) {
      statement.execute("set session characteristics as transaction read write");
      statement.execute(command);
      statement.execute("select pg_reload_conf()");
    }
  }

  private static void signal(String name, List<Long> pids) throws Exception {
    var command = new ArrayList<String>(List.of("kill", name));
    pids.forEach(pid -> command.add(Long.toString(pid)));
    new ProcessBuilder(command).start().waitFor();
  }
}
