package dev.flotilla.bench.chaos;

import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import java.io.IOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
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

  /** By attempt. */
  static Map<String, LedgerRow> all(LocalFleet fleet) throws IOException {
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
