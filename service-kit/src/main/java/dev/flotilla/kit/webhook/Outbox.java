package dev.flotilla.kit.webhook;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Messages and what became of them, in the tables {@code webhook_message} and {@code
 * webhook_attempt} of a service's schema. Thread-safe.
 */
final class Outbox {
  private static final String PUT =
      """
      insert into webhook_message (id, team, target, type, body) values (?, ?, ?, ?, ?)
      on conflict (id) do nothing""";

  // Until it is due again nobody else sends it; who dies meanwhile has perhaps sent it.
  private static final String TAKE =
      """
      update webhook_message set tries = tries + 1, due_at = now() + ?::interval
      where number in (select number from webhook_message where status = 'pending' and due_at <= now()
        order by due_at limit ? for update skip locked)
      returning id, team, target, body, tries""";

  private static final String TRIED =
      "insert into webhook_attempt (message_id, try, status, error, ms) values (?, ?, ?, ?, ?)";

  private static final String AGAIN =
      "update webhook_message set due_at = now() + ?::interval where id = ?";

  private static final String DONE =
      """
      update webhook_message set status = ?, due_at = null, ended_at = now() where id = ?""";

  private static final String FORGET =
      "delete from webhook_message where ended_at < now() - ?::interval";

  private static final String NEXT =
      "select min(due_at) from webhook_message where status = 'pending'";

  private static final String NEWEST =
      """
      select m.*, a.status as last_status, a.error as last_error, a.at as last_at from webhook_message m
      left join lateral (select * from webhook_attempt where message_id = m.id order by id desc limit 1) a on true
      where m.team = ? and (?::text is null or m.target = ?) and (?::text is null or m.status = ?)
        and (?::text is null or m.number < (select number from webhook_message where id = ? and team = m.team))
      order by m.number desc limit ?""";

  /**
   * A message to be sent now.
   *
   * @param tries this one included
   */
  record Taken(String id, String team, String target, byte[] body, int tries) {}

  /**
   * How a try ended.
   *
   * @param status what the target said; null when it did not
   * @param error null when it arrived
   */
  record Tried(@Nullable Integer status, @Nullable String error, Duration took) {}

  private final Database database;

  Outbox(Database database) {
    this.database = database;
  }

  /** False when it is there already. */
  boolean put(WebhookEvent event, byte[] body, Connection connection) throws SQLException {
    return Sql.run(connection, PUT, event.id(), event.team(), event.target(), event.type(), body)
        == 1;
  }

  List<Taken> take(int most, Duration lease) {
    return database.inTransaction(
        connection -> {
          var taken = new ArrayList<Taken>();
          try (var statement = Sql.prepared(connection, TAKE, lease.toString(), most);
              var rows = statement.executeQuery()) {
            while (rows.next()) {
              taken.add(
                  new Taken(
                      rows.getString("id"),
                      rows.getString("team"),
                      rows.getString("target"),
                      rows.getBytes("body"),
                      rows.getInt("tries")));
            }
          }
          return taken;
        });
  }

  /** It will be sent again after a pause. */
  void again(Taken message, Tried tried, Duration pause) {
    database.inTransaction(
        connection -> {
          note(message, tried, connection);
          return Sql.run(connection, AGAIN, pause.toString(), message.id());
        });
  }

  /** It arrived, or is given up. */
  void done(Taken message, Tried tried, boolean delivered) {
    database.inTransaction(
        connection -> {
          note(message, tried, connection);
          return Sql.run(connection, DONE, delivered ? "delivered" : "failed", message.id());
        });
  }

  void forget(Duration keep) {
    database.inTransaction(connection -> Sql.run(connection, FORGET, keep.toString()));
  }

  /** When the next one is due; empty when none is left. */
  Optional<Instant> next() {
    return database.inTransaction(
        connection -> {
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(NEXT)) {
            rows.next();
            Timestamp next = rows.getTimestamp(1);
            return next == null ? Optional.empty() : Optional.of(next.toInstant());
          }
        });
  }

  ObjectNode list(String team, DeliveryPage page) {
    return database.inTransaction(
        connection -> {
          try (var statement =
                  Sql.prepared(
                      connection,
                      NEWEST,
                      team,
                      page.target(),
                      page.target(),
                      page.status(),
                      page.status(),
                      page.after(),
                      page.after(),
                      page.limit() + 1);
              var rows = statement.executeQuery()) {
            ObjectNode list = Json.object().put("object", "list");
            ArrayNode data = list.putArray("data");
            boolean more = rows.next();
            while (more && data.size() < page.limit()) {
              data.add(shown(rows));
              more = rows.next();
            }
            list.put("first_id", data.path(0).path("id").asText(null));
            list.put("last_id", data.path(data.size() - 1).path("id").asText(null));
            return list.put("has_more", more);
          }
        });
  }

  private static ObjectNode shown(ResultSet row) throws SQLException {
    ObjectNode json =
        Json.object().put("id", row.getString("id")).put("object", "webhook.delivery");
    json.put("target", row.getString("target")).put("type", row.getString("type"));
    json.put("status", row.getString("status")).put("tries", row.getInt("tries"));
    int status = row.getInt("last_status");
    if (row.wasNull()) {
      json.putNull("last_status");
    } else {
      json.put("last_status", status);
    }
    json.put("last_error", row.getString("last_error"));
    json.put("last_at", moment(row, "last_at")).put("next_at", moment(row, "due_at"));
    return json.put("created_at", moment(row, "created_at"))
        .put("ended_at", moment(row, "ended_at"));
  }

  private static @Nullable String moment(ResultSet row, String column) throws SQLException {
    Timestamp moment = row.getTimestamp(column);
    return moment == null ? null : moment.toInstant().toString();
  }

  private static void note(Taken message, Tried tried, Connection connection) throws SQLException {
    Sql.run(
        connection,
        TRIED,
        message.id(),
        message.tries(),
        tried.status(),
        tried.error(),
        tried.took().toMillis());
  }
}
