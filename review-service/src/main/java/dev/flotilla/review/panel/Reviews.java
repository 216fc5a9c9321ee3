package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.postgres.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.SQLException;

/** The reviews on record. Thread-safe. */
@ApplicationScoped
class Reviews {
  private static final String NEWEST =
      """
      select id, status, decision, created_at, body from review
      where team = ? order by created_at desc, id desc limit ?""";

  private static final String OLDEST_WAITING =
      """
      select coalesce(extract(epoch from now() - min(created_at)), 0) from review
      where status = 'needs_human'""";

  private final Database database;

  @Inject
  Reviews(Database database) {
    this.database = database;
  }

  /** A team's newest reviews as the API shows them; empty when it has none. */
  ArrayNode newest(String team, int limit) {
    return database.inTransaction(
        connection -> {
          ArrayNode found = Json.object().putArray("data");
          try (var statement = connection.prepareStatement(NEWEST)) {
            statement.setString(1, team);
            statement.setInt(2, limit);
            try (var rows = statement.executeQuery()) {
              while (rows.next()) {
                ObjectNode review = found.addObject();
                review.put("id", rows.getString("id")).put("object", "review");
                review.put("status", rows.getString("status"));
                review.put("decision", rows.getString("decision"));
                review.put("created_at", rows.getTimestamp("created_at").toInstant().toString());
                review.setAll((ObjectNode) Json.parse(rows.getString("body")));
              }
            }
          } catch (NotJson e) {
            throw new SQLException("the column body holds no JSON", e);
          }
          return found;
        });
  }

  /** Age of the oldest review that waits for a person; 0 when none does. */
  double oldestWaitingSeconds() {
    return database.inTransaction(
        connection -> {
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(OLDEST_WAITING)) {
            rows.next();
            return rows.getDouble(1);
          }
        });
  }
}
