package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseAwayException;
import dev.flotilla.kit.postgres.Sql;
import dev.flotilla.review.reviewer.Seat;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The panels that are being asked, on record, each held by one instance at a time. What an instance
 * that is gone has held is free after {@link #HOLD}. Thread-safe.
 */
public final class Sittings {
  private static final System.Logger LOG = System.getLogger(Sittings.class.getName());

  /** Longer than a pause of the garbage collector, shorter than the patience of who waits. */
  static final Duration HOLD = Duration.ofSeconds(5);

  private static final String BEGIN =
      """
      insert into sitting (review_id, asked, held_by, held_until)
      values (?, ?::json, ?, now() + ?::interval)""";

  private static final String FILLED =
      """
      insert into seat (review_id, id, filled) select ?, ?, ?::json
      where exists (select from sitting where review_id = ?) on conflict do nothing""";

  private static final String RENEW =
      """
      update sitting set held_until = now() + ?::interval
      where held_by = ? and review_id = any(?)""";

  private static final String TAKE =
      """
      update sitting set held_by = ?, held_until = now() + ?::interval, tries = tries + 1
      where review_id = (select review_id from sitting where held_until < now()
        order by held_until limit 1 for update skip locked)
      returning review_id, asked, tries""";

  private static final String EMPTY = "delete from seat where review_id = ?";

  private static final String GOES_ON =
      "update sitting set asked = ?::json where review_id = ? and held_by = ?";

  private static final String SEATS = "select filled from seat where review_id = ?";

  private static final String END = "delete from sitting where review_id = ?";

  /**
   * A panel whose instance is gone.
   *
   * @param asked as {@link SittingRecord} wrote it
   * @param tries to bring it to an end, the one that begins now included
   */
  record Left(String reviewId, JsonNode asked, Map<String, Seat> filled, int tries) {}

  private final Database database;
  private final String instance = UUID.randomUUID().toString();

  /** Ids of what this instance is working on. */
  private final Set<String> going = ConcurrentHashMap.newKeySet();

  public Sittings(Database database) {
    this.database = database;
  }

  void begin(Sitting sitting, Connection connection) throws SQLException {
    Sql.run(
        connection,
        BEGIN,
        sitting.reviewId(),
        Json.text(SittingRecord.of(sitting)),
        instance,
        HOLD.toString());
  }

  /** This instance works on it from now on, until {@link #leave}. */
  void enter(String reviewId) {
    going.add(reviewId);
  }

  /** Somebody else may go on with it, when it has not ended. */
  void leave(String reviewId) {
    going.remove(reviewId);
  }

  /** Writes down that nobody needs to ask this reviewer again. */
  void filled(String reviewId, Seat seat) {
    try {
      database.inTransaction(
          connection ->
              Sql.run(
                  connection,
                  FILLED,
                  reviewId,
                  seat.id(),
                  Json.text(SeatRecord.of(seat)),
                  reviewId));
    } catch (DatabaseAwayException e) {
      // Who goes on with this asks again, under the same key: that is answered and not paid twice.
      LOG.log(Level.WARNING, "a seat of {0} is not on record: {1}", reviewId, e.getMessage());
    }
  }

  /** Another round begins. */
  void goesOn(Sitting sitting) {
    database.inTransaction(
        connection -> {
          Sql.run(connection, EMPTY, sitting.reviewId());
          return Sql.run(
              connection,
              GOES_ON,
              Json.text(SittingRecord.of(sitting)),
              sitting.reviewId(),
              instance);
        });
  }

  /** It is decided, or given up. */
  static void end(String reviewId, Connection connection) throws SQLException {
    Sql.run(connection, END, reviewId);
  }

  void giveUp(String reviewId) {
    database.inTransaction(connection -> Sql.run(connection, END, reviewId));
  }

  /** Keeps what this instance works on. */
  void renew() {
    String[] ids = going.toArray(String[]::new);
    if (ids.length > 0) {
      database.inTransaction(
          connection -> Sql.run(connection, RENEW, HOLD.toString(), instance, ids));
    }
  }

  /** What others held and hold no more; held by this instance from now on. */
  List<Left> takeOver() {
    var left = new ArrayList<Left>();
    while (database.inTransaction(connection -> takeOne(left, connection))) {
      // one at a time, so that replicas share them
    }
    return left;
  }

  private boolean takeOne(List<Left> left, Connection connection) throws SQLException {
    try (var statement = Sql.prepared(connection, TAKE, instance, HOLD.toString());
        var rows = statement.executeQuery()) {
      if (!rows.next()) {
        return false;
      }
      String id = rows.getString("review_id");
      left.add(
          new Left(
              id, parsed(rows.getString("asked")), seats(id, connection), rows.getInt("tries")));
      return true;
    }
  }

  private static Map<String, Seat> seats(String reviewId, Connection connection)
      throws SQLException {
    var seats = new HashMap<String, Seat>();
    try (var statement = Sql.prepared(connection, SEATS, reviewId);
        var rows = statement.executeQuery()) {
      while (rows.next()) {
        Seat seat = SeatRecord.read(parsed(rows.getString("filled")));
        seats.put(seat.id(), seat);
      }
    }
    return seats;
  }

  private static JsonNode parsed(String json) throws SQLException {
    try {
      return Json.parse(json);
    } catch (NotJson e) {
      throw new SQLException("a column holds no JSON", e);
    }
  }
}
