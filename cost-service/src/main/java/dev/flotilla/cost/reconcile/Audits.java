package dev.flotilla.cost.reconcile;

import dev.flotilla.contracts.ledger.AttemptAmount;
import dev.flotilla.contracts.ledger.AuditAnswer;
import dev.flotilla.kit.postgres.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What the ledger has of attempts somebody else remembers. Thread-safe. */
@ApplicationScoped
class Audits {
  private static final String AMOUNTS =
      """
      select attempt_id::text, (cost_nanos + coalesce((
          select sum(correction.cost_nanos) from attempt correction
          where correction.correction_of = attempt.attempt_id), 0))::bigint
      from attempt where attempt_id = any (?)""";

  private final Database database;

  @Inject
  Audits(Database database) {
    this.database = database;
  }

  AuditAnswer amounts(List<UUID> attempts) {
    return new AuditAnswer(database.inTransaction(connection -> amounts(connection, attempts)));
  }

  private static List<AttemptAmount> amounts(Connection connection, List<UUID> attempts)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(AMOUNTS)) {
      statement.setArray(1, connection.createArrayOf("uuid", attempts.toArray()));
      var amounts = new ArrayList<AttemptAmount>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          amounts.add(new AttemptAmount(rows.getString(1), rows.getObject(2, Long.class)));
        }
      }
      return List.copyOf(amounts);
    }
  }
}
