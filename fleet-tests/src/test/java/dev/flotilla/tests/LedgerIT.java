package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.askStreaming;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Bill;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The bill of the upstreams and the ledger are the same list. */
@ExtendWith(SharedFleet.class)
class LedgerIT {
  private static final int REQUESTS = 5_000;

  private final FleetUnderTest fleet;
  private final String run = UUID.randomUUID().toString();
  private final AtomicInteger numbers = new AtomicInteger();

  LedgerIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  void five_thousand_requests_are_billed_once_and_kept_once_though_every_service_was_restarted()
      throws Exception {
    Set<String> before = bills().keySet();
    send(REQUESTS / 2);
    restartEverything();
    send(REQUESTS / 2);

    Map<String, Bill> bills = bills();
    bills.keySet().removeAll(before);
    assertEquals(REQUESTS, bills.size(), "attempts that were billed");
    fleet.awaitRows(ofThisRun(), REQUESTS);
    Map<String, Long> rows = rows();
    assertEquals(bills.keySet(), rows.keySet());
    for (var bill : bills.entrySet()) {
      assertEquals(1, bill.getValue().times(), "billed more than once: " + bill.getKey());
      assertEquals(FleetUnderTest.nanos(bill.getValue()), rows.get(bill.getKey()), bill.toString());
    }
    assertEquals(0, fleet.metric(Service.COST, "ledger_price_mismatches_total"));
  }

  private Map<String, Bill> bills() {
    var bills = new HashMap<>(fleet.alpha.bills());
    bills.putAll(fleet.beta.bills());
    return bills;
  }

  private String ofThisRun() {
    return "state = 'settled' and tags->>'run' = '" + run + "'";
  }

  private void restartEverything() {
    for (Service service : List.of(Service.ROUTER, Service.PROVIDER, Service.COST)) {
      fleet.fleet.stop(service);
    }
    fleet.fleet.stopPostgres();
    fleet.fleet.startPostgres();
    for (Service service : List.of(Service.COST, Service.PROVIDER, Service.ROUTER)) {
      fleet.fleet.start(service);
    }
    for (Service service : List.of(Service.COST, Service.PROVIDER, Service.ROUTER)) {
      fleet.fleet.awaitReady(service);
    }
  }

  /** Every request is another one, so that none comes from the cache; every seventh is a stream. */
  private void send(int count) throws Exception {
    var calls = new ArrayList<Callable<HttpResponse<String>>>();
    for (int i = 0; i < count; i++) {
      int number = numbers.incrementAndGet();
      String text = "request number " + number;
      String body = number % 7 == 0 ? askStreaming("auto", text) : ask("auto", text);
      String tagged = body.replaceFirst("\\{", "{\"metadata\":{\"run\":\"" + run + "\"},");
      calls.add(() -> fleet.chat(KEY, tagged));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (var answer : threads.invokeAll(calls)) {
        assertEquals(200, answer.get().statusCode(), answer.get().body());
      }
    }
  }

  private Map<String, Long> rows() throws SQLException {
    var rows = new HashMap<String, Long>();
    try (Connection connection = fleet.ledger();
        var query =
            connection.prepareStatement(
                "select attempt_id::text, cost_nanos from cost.attempt where " + ofThisRun());
        var found = query.executeQuery()) {
      while (found.next()) {
        rows.put(found.getString(1), found.getLong(2));
      }
    }
    return rows;
  }
}
