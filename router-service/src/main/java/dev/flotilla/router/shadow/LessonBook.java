package dev.flotilla.router.shadow;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.postgres.Sql;
import dev.flotilla.learning.shadow.Evidence;
import dev.flotilla.learning.shadow.Rules;
import dev.flotilla.learning.shadow.ShadowedPair;
import dev.flotilla.learning.shadow.Standing;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.routing.Learning;
import dev.flotilla.router.store.Store;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What all routers learned, in PostgreSQL. A pair changes one row under its lock, so that routers
 * that learn the same at once lose nothing. Thread-safe.
 */
final class LessonBook {
  private static final String SHOWN = "select * from learned order by task_type, candidate";

  private static final String ADDED =
      "insert into learned (task_type, candidate) values (?, ?) on conflict do nothing";

  private static final String LOCKED =
      "select * from learned where task_type = ? and candidate = ? for update";

  private static final String LEARNED =
      """
      update learned
      set since = case when standing = ? then since else now() end, standing = ?, pairs = ?, weight = ?, weight_squares = ?,
          difference = ?, difference_squares = ?, shadows = shadows + 1, candidate_quality = candidate_quality + ?,
          reference_quality = reference_quality + ?
      where task_type = ? and candidate = ?""";

  private static final String CHANGED =
      """
      insert into learned_change (task_type, candidate, standing, shadows)
      select task_type, candidate, standing, shadows from learned where task_type = ? and candidate = ?""";

  private static final String SPENT =
      "update learned set shadow_nanos = shadow_nanos + ? where task_type = ? and candidate = ?";

  private static final String SPENT_TODAY =
      """
      insert into learning_day (day, nanos) values ((now() at time zone 'UTC')::date, ?)
      on conflict (day) do update set nanos = learning_day.nanos + excluded.nanos""";

  private static final String TODAY =
      "select coalesce(sum(nanos), 0)::bigint from learning_day where day = (now() at time zone 'UTC')::date";

  /** Scores of one side wait for those of the other; whoever waited longest is first. */
  private static final String TAKEN =
      """
      with waiting as (
          select task_type, candidate, waiting_scores from learned
          where task_type = ? and candidate = ? and waiting_side <> ? and jsonb_array_length(waiting_scores) > 0
          for update)
      update learned set waiting_scores = learned.waiting_scores - 0
      from waiting where learned.task_type = waiting.task_type and learned.candidate = waiting.candidate
      returning (waiting.waiting_scores ->> 0)::double precision as score""";

  private static final String WAITS =
      """
      update learned
      set waiting_side = ?,
          waiting_scores = (waiting_scores || to_jsonb(?::double precision))
              - case when jsonb_array_length(waiting_scores) >= ? then 0 else 1000000 end
      where task_type = ? and candidate = ?""";

  private static final int MOST_WAITING = 1_000;

  private static final String USED =
      """
      update learned set requests = requests + ?, saved_nanos = saved_nanos + ?
      where task_type = ? and candidate = ?""";

  private final Store store;
  private final Catalog catalog;

  LessonBook(Store store, Catalog catalog) {
    this.store = store;
    this.catalog = catalog;
  }

  /** All lessons of models that still exist. */
  List<Lesson> lessons() {
    return store.inOneStatement(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(SHOWN);
              ResultSet rows = statement.executeQuery()) {
            var lessons = new ArrayList<Lesson>();
            while (rows.next()) {
              lesson(rows).ifPresent(lessons::add);
            }
            return List.copyOf(lessons);
          }
        });
  }

  /** What was spent on learning today, nano-dollars. */
  long spentToday() {
    return store.inOneStatement(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(TODAY);
              ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getLong(1);
          }
        });
  }

  /** Both answered, and it is known how well. */
  void learn(TaskType type, Model candidate, ShadowedPair pair, Rules rules) {
    store.inTransaction(
        connection -> {
          Sql.run(connection, ADDED, type.word(), candidate.id());
          Evidence before = locked(connection, type, candidate);
          Evidence after = before.with(pair, rules);
          Sql.run(
              connection,
              LEARNED,
              after.standing().name(),
              after.standing().name(),
              after.pairs(),
              after.weight(),
              after.weightSquares(),
              after.difference(),
              after.differenceSquares(),
              pair.cheap(),
              pair.strong(),
              type.word(),
              candidate.id());
          if (after.standing() != before.standing()) {
            Sql.run(connection, CHANGED, type.word(), candidate.id());
          }
          return after;
        });
  }

  /** Whose answer a caller judged. */
  enum Side {
    CANDIDATE,
    REFERENCE
  }

  /**
   * A caller gave a score from 0 to 1. It waits for one of the other side, and both make a pair.
   */
  void heard(TaskType type, Model candidate, Side side, double score, Learning learning) {
    Optional<Double> other =
        store.inTransaction(
            connection -> {
              Sql.run(connection, ADDED, type.word(), candidate.id());
              return matched(connection, type, candidate, side, score);
            });
    if (other.isPresent()) {
      boolean ofCandidate = side == Side.CANDIDATE;
      learn(
          type,
          candidate,
          new ShadowedPair(ofCandidate ? score : other.get(), ofCandidate ? other.get() : score, 1),
          learning.rules());
    }
  }

  /** The score it is laid beside; empty when it waits. */
  private static Optional<Double> matched(
      Connection connection, TaskType type, Model candidate, Side side, double score)
      throws SQLException {
    String here = side.name().toLowerCase(Locale.ROOT);
    try (PreparedStatement statement = connection.prepareStatement(TAKEN)) {
      statement.setString(1, type.word());
      statement.setString(2, candidate.id());
      statement.setString(3, here);
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          return Optional.of(row.getDouble("score"));
        }
      }
    }
    Sql.run(connection, WAITS, here, score, MOST_WAITING, type.word(), candidate.id());
    return Optional.empty();
  }

  /**
   * It cost something, whether anything came of it or not.
   *
   * @param nanos nano-dollars
   */
  void spent(TaskType type, Model candidate, long nanos) {
    store.inTransaction(
        connection -> {
          Sql.run(connection, ADDED, type.word(), candidate.id());
          Sql.run(connection, SPENT, nanos, type.word(), candidate.id());
          return Sql.run(connection, SPENT_TODAY, nanos);
        });
  }

  /** Requests that were answered by a promoted model, and what that saved, nano-dollars. */
  void used(TaskType type, Model candidate, long requests, long savedNanos) {
    store.inOneStatement(
        connection -> Sql.run(connection, USED, requests, savedNanos, type.word(), candidate.id()));
  }

  private static Evidence locked(Connection connection, TaskType type, Model candidate)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LOCKED)) {
      statement.setString(1, type.word());
      statement.setString(2, candidate.id());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return evidence(row);
      }
    }
  }

  private Optional<Lesson> lesson(ResultSet row) throws SQLException {
    Optional<Model> candidate = catalog.find(row.getString("candidate"));
    Optional<TaskType> type = TaskType.of(row.getString("task_type"));
    return candidate.isEmpty() || type.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Lesson(
                type.get(),
                candidate.get(),
                evidence(row),
                row.getTimestamp("since").toInstant(),
                row.getLong("shadows"),
                row.getDouble("candidate_quality"),
                row.getDouble("reference_quality"),
                row.getLong("shadow_nanos"),
                row.getLong("requests"),
                row.getLong("saved_nanos")));
  }

  private static Evidence evidence(ResultSet row) throws SQLException {
    return new Evidence(
        Standing.valueOf(row.getString("standing")),
        row.getLong("pairs"),
        row.getDouble("weight"),
        row.getDouble("weight_squares"),
        row.getDouble("difference"),
        row.getDouble("difference_squares"));
  }
}
