package dev.flotilla.router.trail;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.store.Store;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The actions at all routers, in PostgreSQL. Thread-safe. */
final class TrailBook {
  private static final String KEPT =
      """
      insert into admin_action (id, at, action, target, status, key_id, team, roles, address, request_id, body)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing""";

  private static final String SHOWN =
      """
      select * from admin_action
      where (?::text is null or action = ?) and (?::text is null or key_id = ?)
        and (?::text is null or number < (select number from admin_action where id = ?))
      order by number desc limit ?""";

  private final Store store;

  TrailBook(Store store) {
    this.store = store;
  }

  /** Once, however often it is called. */
  void keep(Action action) {
    store.inTransaction(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(KEPT)) {
            statement.setString(1, action.id());
            statement.setTimestamp(2, Timestamp.from(action.at()));
            statement.setString(3, action.action());
            statement.setString(4, action.target());
            statement.setInt(5, action.status());
            statement.setString(6, action.key());
            statement.setString(7, action.team());
            statement.setArray(
                8, connection.createArrayOf("text", action.roles().stream().sorted().toArray()));
            statement.setString(9, action.address());
            statement.setString(10, action.requestId());
            statement.setString(11, action.body());
            return statement.executeUpdate();
          }
        });
  }

  /**
   * Newest first.
   *
   * @param action only such; null for all
   * @param key only those done with it; null for all
   * @param after id of the last one that is known; null for none
   */
  List<ObjectNode> list(
      @Nullable String action, @Nullable String key, @Nullable String after, int most) {
    return store.page(SHOWN, TrailBook::json, most, action, key, after);
  }

  private static ObjectNode json(ResultSet row) throws SQLException {
    ObjectNode json = Json.object().put("id", row.getString("id")).put("object", "audit.event");
    json.put("at", row.getTimestamp("at").toInstant().toString());
    json.put("action", row.getString("action")).put("target", row.getString("target"));
    json.put("status", row.getInt("status")).put("key", row.getString("key_id"));
    json.put("team", row.getString("team"));
    ArrayNode roles = json.putArray("roles");
    for (String role : (String[]) row.getArray("roles").getArray()) {
      roles.add(role);
    }
    json.put("address", row.getString("address"));
    return json.put("request_id", row.getString("request_id")).put("body", row.getString("body"));
  }
}
