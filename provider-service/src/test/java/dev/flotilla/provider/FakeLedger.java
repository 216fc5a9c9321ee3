package dev.flotilla.provider;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.contracts.ledger.BatchReceipt;
import dev.flotilla.contracts.ledger.EntryBatch;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.contracts.ledger.RejectedEntry;
import dev.flotilla.kit.json.JsonbOnTheWire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** A ledger that keeps rows in memory, once per attempt, and fails when told to. Thread-safe. */
public final class FakeLedger implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, LedgerEntry> rows = new LinkedHashMap<>();
  private final List<String> authorizations = new ArrayList<>();
  private int requests;
  private int failing;
  private int failure = 500;
  private boolean loseAnswers;
  private String rejected = "";
  private String poison = "";

  private FakeLedger(HttpServer server) {
    this.server = server;
  }

  public static FakeLedger start() {
    return start(0);
  }

  public static FakeLedger start(int port) {
    try {
      var server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
      var ledger = new FakeLedger(server);
      server.createContext("/v1/ledger/entries", ledger::receive);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.start();
      return ledger;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port());
  }

  /** The next so many requests end with this status and change nothing. */
  public synchronized void failNext(int times, int status) {
    failing = times;
    failure = status;
  }

  /** The next request is written down, but its answer never leaves. */
  public synchronized void loseTheNextAnswer() {
    loseAnswers = true;
  }

  /** This attempt is rejected in the receipt. */
  public synchronized void reject(String attempt) {
    rejected = attempt;
  }

  /** A batch with this attempt is refused whole. */
  public synchronized void refuseBatchesWith(String attempt) {
    poison = attempt;
  }

  public synchronized int requests() {
    return requests;
  }

  public synchronized List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  /** Waits until the rows are as wanted; an AssertionError after a minute. */
  public synchronized Map<String, LedgerEntry> await(Predicate<Map<String, LedgerEntry>> wanted) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!wanted.test(rows)) {
      long millis = (end - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        throw new AssertionError("not the rows that were expected: " + rows.values());
      }
      try {
        wait(millis);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return Map.copyOf(rows);
  }

  /** The row of an attempt, when it is there. */
  public LedgerEntry awaitRow(String attempt) {
    return await(rows -> rows.containsKey(attempt)).get(attempt);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void receive(HttpExchange exchange) throws IOException {
    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    EntryBatch batch = JsonbOnTheWire.jsonb().fromJson(body, EntryBatch.class);
    String answer;
    int status = 200;
    synchronized (this) {
      requests++;
      notifyAll();
      authorizations.add(exchange.getRequestHeaders().getFirst("authorization"));
      if (failing > 0) {
        failing--;
        status = failure;
        answer = "{}";
      } else if (batch.entries().stream().anyMatch(e -> e.attemptId().equals(poison))) {
        status = 400;
        answer = "{}";
      } else {
        answer = JsonbOnTheWire.jsonb().toJson(write(batch));
      }
      if (loseAnswers) {
        loseAnswers = false;
        throw new IOException("the answer is lost, as asked");
      }
    }
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private BatchReceipt write(EntryBatch batch) {
    int accepted = 0;
    int duplicate = 0;
    var refused = new ArrayList<RejectedEntry>();
    for (LedgerEntry entry : batch.entries()) {
      LedgerEntry known = rows.get(entry.attemptId());
      if (entry.attemptId().equals(rejected)) {
        refused.add(new RejectedEntry(rejected, "invalid_entry", "as asked"));
      } else if (known == null || known.state().equals(EntryState.UNKNOWN)) {
        rows.put(entry.attemptId(), entry);
        accepted++;
      } else {
        duplicate++;
      }
    }
    notifyAll();
    return new BatchReceipt(accepted, duplicate, refused);
  }
}
