package dev.flotilla.cost.reconcile;

import dev.flotilla.kit.postgres.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Holds a provider's own bill against the ledger, day by day and model by model, and writes what is
 * missing or too much as one correcting row. The same bill again finds nothing to correct.
 * Thread-safe; imports that correct wait for each other.
 */
@ApplicationScoped
class ProviderBill {
  /** Whose money it is when nobody knows: a bill by day does not say. */
  static final String UNATTRIBUTED = "unattributed";

  /** Nothing is written into the ledger between the comparison and the corrections. */
  private static final String ALONE = "select take_turn_to_count()";

  private static final String LEDGER =
      """
      select coalesce(sum(cost_nanos), 0)::bigint, count(*) filter (where state = 'unknown')
      from attempt
      where provider = ? and model = ? and not simulated and started_at >= ? and started_at < ?""";

  private static final String CORRECT =
      """
      insert into attempt (attempt_id, state, request_id, origin, team, key_id, provider, model,
          price_version, simulated, started_at, ended_at, outcome, estimated, cost_nanos, floor_nanos,
          ceiling_nanos, price_check)
      values (?, 'settled', ?, 'correction', ?, '-', ?, ?, 'provider-bill', false, ?, now(),
          'corrected', false, ?, 0, 0, 'unchecked')""";

  private final Database database;

  @Inject
  ProviderBill(Database database) {
    this.database = database;
  }

  /** Compares, and corrects when {@code apply}. */
  ImportReport take(String provider, List<BilledDay> bill, boolean apply) {
    return new ImportReport(
        provider,
        apply,
        database.inTransaction(
            connection -> {
              if (apply) {
                try (Statement statement = connection.createStatement()) {
                  statement.execute(ALONE);
                }
              }
              var differences = new ArrayList<DayDifference>();
              for (BilledDay line : bill) {
                differences.add(difference(connection, provider, line, apply));
              }
              return List.copyOf(differences);
            }));
  }

  private static DayDifference difference(
      Connection connection, String provider, BilledDay line, boolean apply) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LEDGER)) {
      statement.setString(1, provider);
      statement.setString(2, line.model());
      statement.setObject(3, midnight(line.day()));
      statement.setObject(4, midnight(line.day().plusDays(1)));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        long ledger = row.getLong(1);
        long unknown = row.getLong(2);
        long difference = Math.subtractExact(line.costNanos(), ledger);
        boolean correct = apply && difference != 0 && unknown == 0;
        if (correct) {
          correct(connection, provider, line, difference);
        }
        return new DayDifference(
            line.day().toString(),
            line.model(),
            ledger,
            line.costNanos(),
            difference,
            unknown,
            correct);
      }
    }
  }

  private static void correct(
      Connection connection, String provider, BilledDay line, long difference) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(CORRECT)) {
      statement.setObject(1, UUID.randomUUID());
      statement.setString(2, "bill:" + provider + ":" + line.day());
      statement.setString(3, UNATTRIBUTED);
      statement.setString(4, provider);
      statement.setString(5, line.model());
      statement.setObject(6, midnight(line.day()));
      statement.setLong(7, difference);
      statement.executeUpdate();
    }
  }

  private static OffsetDateTime midnight(LocalDate day) {
    return day.atStartOfDay().atOffset(ZoneOffset.UTC);
  }
}
