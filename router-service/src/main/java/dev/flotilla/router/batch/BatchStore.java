package dev.flotilla.router.batch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.postgres.Sql;
import dev.flotilla.kit.postgres.Transaction;
import dev.flotilla.router.pipeline.journal.RunCaller;
import dev.flotilla.router.store.Store;
import dev.flotilla.router.webhook.Announcements;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Batches on record, and who works on which item. All times are the database's. Thread-safe.
 *
 * <p>An item is taken with a lease and a number that grows: an end is written by its latest holder
 * only, so that each item counts once, whoever died on the way. The batch's row is locked while
 * items are taken or ended, which makes its counts and the order of its events true.
 */
final class BatchStore {
  private static final String BEGIN =
      """
      insert into batch (id, team, endpoint, status, caller, request_id, traceparent, metadata, webhook, concurrency,
        stop_on_error, max_cost_nanos, total, expires_at)
      values (?, ?, ?, 'in_progress', ?, ?, ?, ?, ?, ?, ?, ?, ?, now() + ?::interval)""";

  private static final String ADD =
      """
      insert into batch_item (batch_id, number, custom_id, body)
      select ?, (n - 1)::int, id, body from unnest(?::text[], ?::text[]) with ordinality as item (id, body, n)""";

  private static final String OPEN =
      "select id from batch where ended_at is null order by created_at, id";

  private static final String LOCK =
      """
      select *, not_before > now() as waits from batch where id = ? and ended_at is null
      for update skip locked""";

  private static final String LOCK_OF_TEAM =
      "select * from batch where team = ? and id = ? for update";

  private static final String EXPIRE =
      """
      update batch set status = 'finalizing', outcome = 'expired' where id = ? and status = 'in_progress'
        and expires_at <= now()""";

  private static final String STOP =
      """
      update batch set status = 'finalizing', outcome = 'failed', error = ? where id = ? and status = 'in_progress'""";

  private static final String CANCEL =
      """
      update batch set status = 'cancelling', outcome = 'cancelled', cancelling_at = now() where id = ?
        and status = 'in_progress'""";

  private static final String AT_WORK =
      """
      select count(*) filter (where run_id is null and lease_until > now()) as held,
        count(*) filter (where run_id is not null
          and not exists (select 1 from run where run.id = run_id and run.status = 'waiting')) as runs,
        coalesce(sum(held_nanos), 0) as held_nanos,
        count(*) as open
      from batch_item where batch_id = ? and state = 'running'""";

  private static final String LAPSED =
      """
      select * from batch_item where batch_id = ? and state = 'running' and lease_until <= now()
      order by number limit ?""";

  private static final String WAITING =
      """
      select * from batch_item where batch_id = ? and state = 'waiting' and due_at <= now()
      order by number limit ?""";

  private static final String TAKE =
      """
      update batch_item set state = 'running', lease = lease + 1, holder = ?, lease_until = now() + ?::interval,
        crashes = crashes + ?, held_nanos = ? where batch_id = ? and number = ?
      returning *""";

  private static final String STILL_THERE =
      """
      update batch_item set lease_until = now() + ?::interval
      where holder = ? and state = 'running' and run_id is null""";

  private static final String LATER =
      """
      update batch_item set state = 'waiting', holder = null, lease_until = null, held_nanos = 0,
        retries = retries + ?, crashes = crashes + ?, due_at = now() + ?::interval
      where batch_id = ? and number = ? and lease = ? and state = 'running'""";

  private static final String NOT_BEFORE =
      "update batch set not_before = greatest(not_before, now() + ?::interval) where id = ?";

  private static final String RUNS =
      """
      update batch_item set run_id = ?, lease_until = now() + ?::interval
      where batch_id = ? and number = ? and lease = ? and state = 'running'""";

  private static final String END =
      """
      update batch_item set state = ?, holder = null, lease_until = null, held_nanos = 0, status_code = ?,
        request_id = ?, response = ?, error = ?, cost_nanos = ?, ended_at = now(),
        seq = (select events + 1 from batch where id = batch_id)
      where batch_id = ? and number = ? and lease = ? and state = 'running'""";

  private static final String COUNT =
      """
      update batch set completed = completed + ?, failed = failed + ?, events = events + ?, cost_nanos = cost_nanos + ?,
        unknown_nanos = unknown_nanos + ?, prompt_tokens = prompt_tokens + ?, completion_tokens = completion_tokens + ?
      where id = ?""";

  private static final String LEFT =
      """
      select outcome, error,
        exists (select 1 from batch_item where batch_id = b.id and state = 'running') as at_work,
        exists (select 1 from batch_item where batch_id = b.id and state = 'waiting') as waiting
      from batch b where id = ? and ended_at is null""";

  private static final String SKIP =
      """
      update batch_item set state = 'skipped', error = ?, ended_at = now() where batch_id = ? and state = 'waiting'""";

  private static final String FINISH =
      """
      update batch set status = coalesce(outcome, 'completed'), skipped = ?, ended_at = now(), events = events + 1
      where id = ? returning *""";

  private static final String ONE = "select * from batch where team = ? and id = ?";

  private static final String NEWEST =
      """
      select * from batch where team = ? and (?::text is null or status = ?) and (?::text is null or id < ?)
      order by id desc limit ?""";

  private static final String RESULTS =
      """
      select * from batch_item where batch_id = ? and number > ? and state in ('completed', 'failed', 'skipped')
      order by number limit ?""";

  private static final String EVENTS =
      "select * from batch_item where batch_id = ? and seq > ? order by seq limit ?";

  private static final String FORGET = "delete from batch where ended_at < now() - ?::interval";

  private final Store store;
  private final Duration lease;
  private final Announcements announcements;
  private final ReentrantLock writing = new ReentrantLock();

  /**
   * @param announcements of batches' ends
   */
  BatchStore(Store store, Duration lease, Announcements announcements) {
    this.store = store;
    this.lease = lease;
    this.announcements = announcements;
  }

  /** Writes down what was handed in; returns it as the API shows it. */
  ObjectNode begin(
      String id, NewBatch batch, RunCaller caller, String requestId, String traceparent) {
    String[] ids = batch.items().stream().map(NewBatch.Item::customId).toArray(String[]::new);
    String[] bodies = batch.items().stream().map(NewBatch.Item::body).toArray(String[]::new);
    String team = caller.caller().team();
    return store.inTransaction(
        connection -> {
          Sql.run(
              connection,
              BEGIN,
              id,
              team,
              batch.endpoint().path(),
              caller.json(),
              requestId,
              traceparent,
              Json.text(batch.metadata()),
              batch.webhook(),
              batch.concurrency(),
              batch.stopOnError(),
              batch.maxCostNanos(),
              batch.items().size(),
              batch.window().toString());
          Sql.run(connection, ADD, id, ids, bodies);
          return shown(team, id, connection).orElseThrow();
        });
  }

  /** Ids of the batches that have not ended, oldest first. */
  List<String> open() {
    return store.inTransaction(
        connection -> {
          var open = new ArrayList<String>();
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(OPEN)) {
            while (rows.next()) {
              open.add(rows.getString(1));
            }
          }
          return open;
        });
  }

  /** What an item can cost. */
  @FunctionalInterface
  interface Pricing {
    ItemWork.Price of(Batch batch, String body);
  }

  /**
   * Takes items that nobody holds, as many as there is room for and the batch allows; ends a batch
   * in which nothing is left to do.
   *
   * @param room most items
   */
  List<Claimed> take(String id, String holder, int room, Pricing pricing) {
    return store.inTransaction(
        connection -> {
          Sql.run(connection, EXPIRE, id);
          Optional<Locked> locked = lock(id, connection);
          return locked.isEmpty()
              ? List.of()
              : take(locked.get(), holder, room, pricing, connection);
        });
  }

  private record Locked(Batch batch, boolean waits) {}

  private record AtWork(int held, int runs, long heldNanos, int open) {}

  private List<Claimed> take(
      Locked locked, String holder, int room, Pricing pricing, Connection connection)
      throws SQLException {
    Batch batch = locked.batch();
    AtWork atWork = atWork(batch.id(), connection);
    var taken = new ArrayList<Claimed>();
    int crashed = 0;
    for (Row row : rows(LAPSED, batch.id(), room, connection)) {
      crashed += row.runId() == null ? 1 : 0;
      // What it may cost was set aside before, and may have been paid already.
      taken.add(take(batch, row, holder, row.heldNanos(), connection));
    }
    if (!locked.waits() && batch.begins()) {
      int free = batch.concurrency() - atWork.held() - atWork.runs() - crashed;
      begin(batch, atWork, Math.min(room - taken.size(), free), holder, pricing, taken, connection);
    }
    if (taken.isEmpty() && atWork.open() == 0) {
      finishIfDone(batch, connection);
    }
    return taken;
  }

  private void begin(
      Batch batch,
      AtWork atWork,
      int most,
      String holder,
      Pricing pricing,
      List<Claimed> taken,
      Connection connection)
      throws SQLException {
    long held = atWork.heldNanos();
    for (Row row : rows(WAITING, batch.id(), most, connection)) {
      long share = 0;
      if (batch.maxCostNanos() != null) {
        ItemWork.Price price = pricing.of(batch, row.body());
        long left = batch.maxCostNanos() - batch.spentNanos() - held;
        if (left < price.least()) {
          // What is at work may turn out cheaper than it could have been.
          if (atWork.open() == 0 && taken.isEmpty()) {
            Sql.run(connection, STOP, Json.text(BatchErrors.maxCost()), batch.id());
          }
          return;
        }
        share = Math.min(left, price.most());
        held += share;
      }
      taken.add(take(batch, row, holder, share, connection));
    }
  }

  private record Row(
      int number, String body, @Nullable String runId, long heldNanos, boolean held) {}

  private static List<Row> rows(String sql, String id, int most, Connection connection)
      throws SQLException {
    var rows = new ArrayList<Row>();
    if (most <= 0) {
      return rows;
    }
    try (var statement = Sql.prepared(connection, sql, id, most);
        var found = statement.executeQuery()) {
      while (found.next()) {
        rows.add(
            new Row(
                found.getInt("number"),
                found.getString("body"),
                found.getString("run_id"),
                found.getLong("held_nanos"),
                found.getString("state").equals("running")));
      }
    }
    return rows;
  }

  private Claimed take(Batch batch, Row row, String holder, long share, Connection connection)
      throws SQLException {
    try (var statement =
            Sql.prepared(
                connection,
                TAKE,
                holder,
                lease.toString(),
                row.held() && row.runId() == null ? 1 : 0,
                share,
                batch.id(),
                row.number());
        var item = statement.executeQuery()) {
      item.next();
      return new Claimed(
          batch,
          item.getInt("number"),
          item.getString("custom_id"),
          item.getString("body"),
          item.getInt("lease"),
          item.getInt("retries"),
          item.getInt("crashes"),
          batch.maxCostNanos() == null ? null : share,
          item.getString("run_id"));
    }
  }

  private static Optional<Locked> lock(String id, Connection connection) throws SQLException {
    try (var statement = Sql.prepared(connection, LOCK, id);
        var rows = statement.executeQuery()) {
      return rows.next()
          ? Optional.of(new Locked(batch(rows), rows.getBoolean("waits")))
          : Optional.empty();
    }
  }

  private static Batch batch(ResultSet row) throws SQLException {
    long limit = row.getLong("max_cost_nanos");
    Long maxCost = row.wasNull() ? null : limit;
    return new Batch(
        row.getString("id"),
        row.getString("team"),
        Endpoint.of(row.getString("endpoint")).orElseThrow(),
        RunCaller.of(row.getString("caller")),
        row.getString("traceparent"),
        row.getInt("concurrency"),
        row.getBoolean("stop_on_error"),
        maxCost,
        Math.addExact(row.getLong("cost_nanos"), row.getLong("unknown_nanos")),
        row.getTimestamp("expires_at").toInstant(),
        row.getString("status").equals("in_progress"));
  }

  private static AtWork atWork(String id, Connection connection) throws SQLException {
    try (var statement = Sql.prepared(connection, AT_WORK, id);
        var rows = statement.executeQuery()) {
      rows.next();
      return new AtWork(
          rows.getInt("held"),
          rows.getInt("runs"),
          rows.getLong("held_nanos"),
          rows.getInt("open"));
    }
  }

  /** Whoever holds items is alive. */
  void stillThere(String holder) {
    store.inTransaction(connection -> Sql.run(connection, STILL_THERE, lease.toString(), holder));
  }

  /**
   * Puts an item back.
   *
   * @param retries more of them: its next try is another call
   * @param crashes more of them: its next try is the same call
   */
  void later(
      Claimed item, int retries, int crashes, Duration pause, boolean pausesBatch, Spent spent) {
    locking(
        item.batch().id(),
        connection -> {
          int mine =
              Sql.run(
                  connection,
                  LATER,
                  retries,
                  crashes,
                  pause.toString(),
                  item.batch().id(),
                  item.number(),
                  item.lease());
          if (mine == 1) {
            count(item.batch().id(), 0, 0, 0, spent, connection);
            if (pausesBatch) {
              Sql.run(connection, NOT_BEFORE, pause.toString(), item.batch().id());
            }
          }
          return mine;
        });
  }

  /** A run answers it from now on. */
  void runs(Claimed item, String runId, Duration look) {
    store.inTransaction(
        connection ->
            Sql.run(
                connection,
                RUNS,
                runId,
                look.toString(),
                item.batch().id(),
                item.number(),
                item.lease()));
  }

  /**
   * Writes down an item's end; not when somebody else has taken it over.
   *
   * @param error null when it was answered
   */
  void end(Claimed item, int status, ObjectNode body, @Nullable ObjectNode error, Spent spent) {
    String id = item.batch().id();
    boolean ended =
        locking(
            id,
            connection -> {
              boolean good = error == null;
              int mine =
                  Sql.run(
                      connection,
                      END,
                      good ? "completed" : "failed",
                      status,
                      item.requestId(),
                      Json.text(body),
                      error == null ? null : Json.text(error),
                      spent.costNanos(),
                      id,
                      item.number(),
                      item.lease());
              if (mine == 0) {
                return false;
              }
              count(id, good ? 1 : 0, good ? 0 : 1, 1, spent, connection);
              if (!good && item.batch().stopOnError()) {
                Sql.run(connection, STOP, Json.text(BatchErrors.stopped(item.customId())), id);
              }
              return finishIfDone(item.batch(), connection);
            });
    if (ended) {
      announcements.wereMade();
    }
  }

  private static void count(
      String id, int completed, int failed, int events, Spent spent, Connection connection)
      throws SQLException {
    Sql.run(
        connection,
        COUNT,
        completed,
        failed,
        events,
        spent.costNanos(),
        spent.unknownNanos(),
        spent.promptTokens(),
        spent.completionTokens(),
        id);
  }

  /** Ends a batch of which nothing is at work and nothing more is begun. */
  private boolean finishIfDone(Batch batch, Connection connection) throws SQLException {
    @Nullable String outcome;
    @Nullable String why;
    boolean waiting;
    try (var statement = Sql.prepared(connection, LEFT, batch.id());
        var rows = statement.executeQuery()) {
      if (!rows.next() || rows.getBoolean("at_work")) {
        return false;
      }
      outcome = rows.getString("outcome");
      why = rows.getString("error");
      waiting = rows.getBoolean("waiting");
    }
    if (outcome == null && waiting) {
      return false;
    }
    int skipped = 0;
    if (outcome != null) {
      String error = why == null ? Json.text(BatchErrors.notBegun(outcome)) : why;
      skipped = Sql.run(connection, SKIP, error, batch.id());
    }
    try (var statement = Sql.prepared(connection, FINISH, skipped, batch.id());
        var row = statement.executeQuery()) {
      row.next();
      announcements.make(
          batch.id(),
          batch.team(),
          row.getString("webhook"),
          "batch." + row.getString("status"),
          BatchJson.batch(row),
          connection);
      return true;
    }
  }

  /** Asks for a batch to end early; empty when the team has no such batch. */
  Optional<ObjectNode> cancel(String team, String id) {
    Optional<ObjectNode> cancelled =
        store.inTransaction(
            connection -> {
              Batch batch;
              try (var statement = Sql.prepared(connection, LOCK_OF_TEAM, team, id);
                  var rows = statement.executeQuery()) {
                if (!rows.next()) {
                  return Optional.empty();
                }
                batch = batch(rows);
              }
              Sql.run(connection, CANCEL, id);
              finishIfDone(batch, connection);
              return shown(team, id, connection);
            });
    announcements.wereMade();
    return cancelled;
  }

  Optional<ObjectNode> find(String team, String id) {
    return store.inTransaction(connection -> shown(team, id, connection));
  }

  /** One page of a team's batches, newest first. */
  ObjectNode list(String team, @Nullable String status, @Nullable String after, int limit) {
    return store.inTransaction(
        connection -> {
          try (var statement =
                  Sql.prepared(connection, NEWEST, team, status, status, after, after, limit + 1);
              var rows = statement.executeQuery()) {
            ObjectNode list = Json.object().put("object", "list");
            ArrayNode data = list.putArray("data");
            boolean more = rows.next();
            while (more && data.size() < limit) {
              data.add(BatchJson.batch(rows));
              more = rows.next();
            }
            list.put("first_id", data.path(0).path("id").asText(null));
            list.put("last_id", data.path(data.size() - 1).path("id").asText(null));
            return list.put("has_more", more);
          }
        });
  }

  /**
   * What became of items, in their order.
   *
   * @param after number of the last one before; -1 for the first
   */
  List<Result> results(String id, int after, int most) {
    return store.inTransaction(
        connection -> {
          var results = new ArrayList<Result>();
          try (var statement = Sql.prepared(connection, RESULTS, id, after, most);
              var rows = statement.executeQuery()) {
            while (rows.next()) {
              results.add(new Result(rows.getInt("number"), BatchJson.result(rows)));
            }
          }
          return results;
        });
  }

  /** A line of the results. */
  record Result(int number, ObjectNode json) {}

  /** What happened after an event, in order. */
  List<ObjectNode> events(String id, long after, int most) {
    return store.inTransaction(
        connection -> {
          var events = new ArrayList<ObjectNode>();
          try (var statement = Sql.prepared(connection, EVENTS, id, after, most);
              var rows = statement.executeQuery()) {
            while (rows.next()) {
              events.add(BatchJson.event(rows));
            }
          }
          return events;
        });
  }

  void forget(Duration keep) {
    store.inTransaction(connection -> Sql.run(connection, FORGET, keep.toString()));
  }

  private static Optional<ObjectNode> shown(String team, String id, Connection connection)
      throws SQLException {
    try (var statement = Sql.prepared(connection, ONE, team, id);
        var rows = statement.executeQuery()) {
      return rows.next() ? Optional.of(BatchJson.batch(rows)) : Optional.empty();
    }
  }

  /** The batch's row first, always: two orders would be a deadlock. */
  private <T> T locking(String id, Transaction<T> work) {
    // They would wait for that row one after the other, each with a connection that others need.
    writing.lock();
    try {
      return store.inTransaction(
          connection -> {
            Sql.run(connection, "select 1 from batch where id = ? for update", id);
            return work.run(connection);
          });
    } finally {
      writing.unlock();
    }
  }
}
