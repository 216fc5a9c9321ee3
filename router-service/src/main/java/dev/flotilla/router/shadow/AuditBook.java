package dev.flotilla.router.shadow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.json.Json;
import dev.flotilla.learning.confidence.Features;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.store.Store;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The signs of graded answers of all routers, in PostgreSQL; the latest {@value #MOST}.
 * Thread-safe.
 */
final class AuditBook {
  /** Prompts and models change, and what is older teaches what was. */
  static final int MOST = 100_000;

  private static final String KEPT =
      """
      insert into audited_answer (task_type, model, logprob, agreement, stated, good) values (?, ?, ?, ?, ?, ?)
      returning number""";

  private static final String FORGOTTEN = "delete from audited_answer where number <= ?";

  private static final String SHOWN =
      "select * from audited_answer where number > ? order by number limit ?";

  private final Store store;

  AuditBook(Store store) {
    this.store = store;
  }

  /**
   * An audited answer as it is shown.
   *
   * @param number later ones have greater numbers
   * @param line as {@code ./fleet train confidence} reads it
   */
  record Shown(long number, ObjectNode line) {}

  /**
   * @param features with a logprob or an agreement at least
   */
  void keep(TaskType type, Model model, Features features, boolean good) {
    store.inTransaction(
        connection -> {
          long number;
          try (PreparedStatement statement = connection.prepareStatement(KEPT)) {
            statement.setString(1, type.word());
            statement.setString(2, model.id());
            statement.setObject(3, features.logprob());
            statement.setObject(4, features.agreement());
            statement.setObject(5, features.stated());
            statement.setBoolean(6, good);
            try (ResultSet row = statement.executeQuery()) {
              row.next();
              number = row.getLong("number");
            }
          }
          try (PreparedStatement statement = connection.prepareStatement(FORGOTTEN)) {
            statement.setLong(1, number - MOST);
            return statement.executeUpdate();
          }
        });
  }

  /**
   * The oldest first.
   *
   * @param after the number of the last one that is known; 0 for none
   */
  List<Shown> after(long after, int most) {
    return store.inOneStatement(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(SHOWN)) {
            statement.setLong(1, after);
            statement.setInt(2, most);
            try (ResultSet rows = statement.executeQuery()) {
              var shown = new ArrayList<Shown>();
              while (rows.next()) {
                shown.add(new Shown(rows.getLong("number"), line(rows)));
              }
              return List.copyOf(shown);
            }
          }
        });
  }

  private static ObjectNode line(ResultSet row) throws SQLException {
    ObjectNode line = Json.object();
    line.put("task_type", row.getString("task_type")).put("model", row.getString("model"));
    ObjectNode features = line.putObject("features");
    put(features, "logprob", number(row, "logprob"));
    put(features, "agreement", number(row, "agreement"));
    put(features, "stated", number(row, "stated"));
    return line.put("good", row.getBoolean("good") ? 1 : 0);
  }

  private static void put(ObjectNode features, String name, @Nullable Double number) {
    if (number != null) {
      features.put(name, number);
    }
  }

  private static @Nullable Double number(ResultSet row, String column) throws SQLException {
    double number = row.getDouble(column);
    return row.wasNull() ? null : number;
  }
}
