package dev.flotilla.bench.chaos;

import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One attempt in the ledger.
 *
 * @param cost nano-dollars; null when nobody knows
 */
record LedgerRow(String state, @Nullable Long cost, long floor, long ceiling) {
  private static final String ALL =
      "select attempt_id::text, state, cost_nanos, floor_nanos, ceiling_nanos from cost.attempt";

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /**
   * By attempt: as soon as nothing waits for the ledger and it has all that was billed.
   *
   * @param providers where the metrics of those are who tell the ledger
   */
  static Map<String, LedgerRow> complete(
      LocalFleet fleet, List<URI> providers, BillingUpstream upstream)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try (var http = HttpClient.newHttpClient()) {
      while (true) {
        double waits = 0;
        for (URI provider : providers) {
          waits += unshippedSeconds(http, provider);
        }
        Map<String, LedgerRow> rows = all(fleet);
        if ((waits == 0 && rows.keySet().containsAll(upstream.bills().keySet()))
            || System.nanoTime() > end) {
          return rows;
        }
        Thread.sleep(100);
      }
    }
  }

  boolean settled() {
    return state.equals("settled");
  }

  /**
   * Whether it says what is true.
   *
   * @param bill null when the upstream was not asked
   */
  boolean isTrue(@Nullable Bill bill) {
    long billed = bill == null ? 0 : bill.nanos();
    return switch (state) {
      case "settled" -> cost != null && cost == billed;
      case "estimated" -> cost != null && cost <= ceiling && billed <= ceiling;
      case "unknown" -> cost == null && floor <= billed && billed <= ceiling;
      case "void" -> bill == null;
      default -> false;
    };
  }

  /** The sum of the settled rows. */
  static long settledNanos(Map<String, LedgerRow> rows) {
    return rows.values().stream()
        .filter(LedgerRow::settled)
        .mapToLong(row -> row.cost() == null ? 0 : row.cost())
        .sum();
  }

  /** What the upstream charges for the settled rows. */
  static long billedNanos(Map<String, LedgerRow> rows, Map<String, Bill> bills) {
    return rows.entrySet().stream()
        .filter(row -> row.getValue().settled())
        .mapToLong(
            row -> {
              Bill bill = bills.get(row.getKey());
              return bill == null ? 0 : bill.nanos();
            })
        .sum();
  }

  private static double unshippedSeconds(HttpClient http, URI ops)
      throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(ops.resolve("/metrics")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith("ledger_oldest_unshipped_seconds"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static Map<String, LedgerRow> all(LocalFleet fleet) throws IOException {
    Map<String, String> facts = fleet.environment(Service.COST);
    var rows = new HashMap<String, LedgerRow>();
    try (var connection =
            DriverManager.getConnection(
                facts.get("FLOTILLA_POSTGRES_URL"),
                facts.get("FLOTILLA_POSTGRES_USER"),
                facts.get("FLOTILLA_POSTGRES_PASSWORD"));
        var query = connection.prepareStatement(ALL);
        var found = query.executeQuery()) {
      while (found.next()) {
        rows.put(
            found.getString(1),
            new LedgerRow(
                found.getString(2),
                found.getObject(3, Long.class),
                found.getLong(4),
                found.getLong(5)));
      }
      return Map.copyOf(rows);
    } catch (SQLException e) {
      throw new IOException("the ledger cannot be read: " + e.getMessage(), e);
    }
  }
}
