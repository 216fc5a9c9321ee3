package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Bill;
import dev.flotilla.testkit.CountingUpstream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The ledger held against the bills of all upstreams a fleet ever had. Both are taken once nothing
 * is on its way between them.
 *
 * @param bills by attempt
 * @param rows by attempt
 */
record Books(Map<String, Bill> bills, Map<String, Row> rows) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * One row of the ledger.
   *
   * @param cost nano-dollars; null when nobody knows
   */
  record Row(
      String request,
      String state,
      @Nullable String outcome,
      @Nullable Long cost,
      long floor,
      long ceiling) {}

  /** Waits until the ledger has every attempt that was billed and nothing waits for it any more. */
  static Books once(FleetUnderTest fleet, CountingUpstream... upstreams)
      throws SQLException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      boolean nothingWaits = fleet.metric(Service.PROVIDER, "ledger_oldest_unshipped_seconds") == 0;
      var books = new Books(bills(upstreams), rows(fleet));
      var missing = new HashSet<>(books.bills.keySet());
      missing.removeAll(books.rows.keySet());
      if (nothingWaits && missing.isEmpty()) {
        return books;
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("billed, and not in the ledger: " + missing);
      }
      Thread.sleep(50);
    }
  }

  /** Every row says what is true, as exactly as it claims to know it. */
  void assertTrue() {
    var wrong = new ArrayList<String>();
    rows.forEach(
        (attempt, row) -> {
          Bill bill = bills.get(attempt);
          String fault = fault(row, bill == null ? 0 : FleetUnderTest.nanos(bill), bill != null);
          if (fault != null) {
            wrong.add(fault + ": " + attempt + " " + row + " " + bill);
          }
        });
    bills.forEach(
        (attempt, bill) -> {
          if (bill.times() != 1) {
            wrong.add("billed more than once: " + attempt + " " + bill);
          }
        });
    assertEquals(List.of(), wrong);
  }

  /** How many rows are in each state. */
  Map<String, Integer> states() {
    var states = new TreeMap<String, Integer>();
    rows.values().forEach(row -> states.merge(row.state(), 1, Integer::sum));
    return states;
  }

  int inState(String state) {
    return states().getOrDefault(state, 0);
  }

  /** How many settled rows each request has. */
  Map<String, Integer> settledPerRequest() {
    var settled = new HashMap<String, Integer>();
    for (Row row : rows.values()) {
      if (row.state().equals("settled")) {
        settled.merge(row.request(), 1, Integer::sum);
      }
    }
    return settled;
  }

  private static @Nullable String fault(Row row, long billed, boolean wasBilled) {
    Long cost = row.cost();
    return switch (row.state()) {
      case "settled" ->
          cost == null || cost != billed || !wasBilled ? "settled, at another amount" : null;
      case "estimated" ->
          cost == null || !wasBilled || billed > row.ceiling() || cost > row.ceiling()
              ? "estimated, out of bounds"
              : null;
      case "unknown" ->
          cost != null || row.floor() > billed || billed > row.ceiling()
              ? "unknown, out of bounds"
              : null;
      case "void" -> cost == null || cost != 0 || wasBilled ? "void, though billed" : null;
      default -> "a state nobody knows";
    };
  }

  private static Map<String, Bill> bills(CountingUpstream... upstreams) {
    var bills = new HashMap<String, Bill>();
    for (CountingUpstream upstream : upstreams) {
      bills.putAll(upstream.bills());
    }
    return bills;
  }

  private static Map<String, Row> rows(FleetUnderTest fleet) throws SQLException {
    var rows = new HashMap<String, Row>();
    try (Connection connection = fleet.ledger();
        var query =
            connection.prepareStatement(
                "select attempt_id::text, request_id, state, outcome, cost_nanos, floor_nanos, ceiling_nanos from cost.attempt");
        var found = query.executeQuery()) {
      while (found.next()) {
        rows.put(
            found.getString(1),
            new Row(
                found.getString(2),
                found.getString(3),
                found.getString(4),
                found.getObject(5, Long.class),
                found.getLong(6),
                found.getLong(7)));
      }
    }
    return rows;
  }
}
