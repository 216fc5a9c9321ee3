package dev.flotilla.review.people;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The questions on record. Each is answered once: by the first person, or by its deadline, whose
 * answer is written down by whoever looks first after it. All times are the database's. Start
 * reading with {@link #decide}. Thread-safe.
 */
public final class Questions {
  /** Who writes down what nobody said. */
  private static final String DEADLINE = "deadline";

  private static final int AT_ONCE = 100;

  private static final String ASK =
      """
      insert into question (id, team, queue, title, decisions, on_timeout, deadline, run_id, step, review_id)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing""";

  private static final String SHOW =
      "insert into question_material (question_id, shown) values (?, ?::json)";

  private static final String NOTE =
      "insert into question_event (question_id, action, actor, detail) values (?, ?, ?, ?::json)";

  private static final String SELECT =
      """
      select q.*, m.shown from question q left join question_material m on m.question_id = q.id
      """;

  private static final String ONE = SELECT + "where q.team = ? and q.id = ?";

  private static final String OF_REVIEW = SELECT + "where q.team = ? and q.review_id = ?";

  private static final String EVENTS =
      "select action, actor, detail, at from question_event where question_id = ? order by id";

  private static final String LISTED =
      SELECT
          + """
          where q.team = ? and (?::text is null or q.queue = ?)
            and case ?::text when 'waiting' then q.decision is null when 'decided' then q.decided_by = 'human'
              when 'expired' then q.decided_by = 'timeout' else true end
          """;

  private static final String OLDEST_FIRST =
      LISTED
          + """
          and (?::text is null or q.number > (select number from question where id = ? and team = q.team))
          order by q.number limit ?""";

  private static final String NEWEST_FIRST =
      LISTED
          + """
          and (?::text is null or q.number < (select number from question where id = ? and team = q.team))
          order by q.number desc limit ?""";

  private static final String LOCK =
      "select id from question where team = ? and id = ? and decision is null for update";

  private static final String OVERDUE =
      """
      select id from question where decision is null and deadline <= now() and team = ? and id = coalesce(?, id)
      order by id for update""";

  private static final String OVERDUE_ANYWHERE =
      """
      select id from question where decision is null and deadline <= now()
      order by deadline limit ? for update skip locked""";

  private static final String EXPIRE =
      """
      update question set decision = on_timeout, decided_by = 'timeout', decided_at = deadline
      where id = ? and decision is null returning *""";

  private static final String CLAIM =
      """
      update question set claimed_by = ?, claimed_at = now() where team = ? and id = ? and decision is null
        and (claimed_by is null or claimed_by = ? or claimed_at <= now() - ?::interval)""";

  private static final String DECIDE =
      """
      update question set decision = ?, decided_by = 'human', actor = ?, comment = ?, decided_at = now()
      where team = ? and id = ? and decision is null and deadline > now() returning *""";

  private static final String FORGET_LATER =
      "update question_material set kept_until = now() + ?::interval where question_id = ?";

  private static final String FORGET = "delete from question_material where kept_until < now()";

  private static final String HINT = "insert into wake (question_id, run_id) values (?, ?)";

  private static final String NEXT_DEADLINE =
      "select min(deadline) from question where decision is null";

  private static final String OLDEST_WAITING =
      """
      select coalesce(extract(epoch from now() - min(created_at)), 0) from question
      where decision is null""";

  private final Database database;
  private final PeopleConfig config;
  private final Consequence consequence;
  private final Notices notices;
  private final Runnable changed;

  /**
   * @param consequence of every answer, in its transaction
   * @param notices for who is told that somebody is asked
   * @param changed told after a question was put or answered: there may be something to do earlier
   *     than was thought
   */
  public Questions(
      Database database,
      PeopleConfig config,
      Consequence consequence,
      Notices notices,
      Runnable changed) {
    this.database = database;
    this.config = config;
    this.consequence = consequence;
    this.notices = notices;
    this.changed = changed;
  }

  /**
   * Puts a question to people.
   *
   * @param asker for the record
   */
  public Asked ask(Question question, String asker) {
    Asked asked =
        database.inTransaction(
            connection -> {
              boolean isNew = put(question, asker, connection);
              expire(question.team(), question.id(), connection);
              Optional<ObjectNode> known = one(question.team(), question.id(), connection);
              if (known.isEmpty() || !isSame(known.get(), question)) {
                return new Asked.Taken();
              }
              return isNew ? new Asked.New(known.get()) : new Asked.Known(known.get());
            });
    wasPut();
    return asked;
  }

  /**
   * Puts a question in the transaction of whoever needs the answer; {@link #wasPut} follows when
   * that is committed. False when it had been put before.
   */
  public boolean put(Question question, String asker, Connection connection) throws SQLException {
    int rows =
        Sql.run(
            connection,
            ASK,
            question.id(),
            question.team(),
            question.queue(),
            question.title(),
            question.decisions().toArray(String[]::new),
            question.onTimeout(),
            question.deadline().atOffset(ZoneOffset.UTC),
            question.runId(),
            question.step(),
            question.reviewId());
    if (rows == 0) {
      return false;
    }
    Sql.run(connection, SHOW, question.id(), Json.text(question.show()));
    note(question.id(), "asked", asker, Json.object(), connection);
    notices.asked(question, connection);
    return true;
  }

  /** After the transaction of {@link #put}. */
  public void wasPut() {
    notices.wereGiven();
    changed.run();
  }

  /** With its history; empty when the team has no such question. */
  Optional<ObjectNode> find(String team, String id) {
    return database.inTransaction(
        connection -> {
          expire(team, id, connection);
          Optional<ObjectNode> found = one(team, id, connection);
          if (found.isPresent()) {
            found.get().set("history", history(id, connection));
          }
          return found;
        });
  }

  /** Writes down what deadlines of the team's questions answered, so that it can be read. */
  public void settleOverdue(String team, Connection connection) throws SQLException {
    expire(team, null, connection);
  }

  /** The question a review waits for, or waited for; empty when it never did. */
  public Optional<ObjectNode> ofReview(String team, String reviewId, Connection connection)
      throws SQLException {
    return first(connection, OF_REVIEW, team, reviewId);
  }

  /** One page of a team's questions. */
  ObjectNode list(String team, QueuePage page) {
    boolean waiting = "waiting".equals(page.status());
    return database.inTransaction(
        connection -> {
          expire(team, null, connection);
          ObjectNode list = Json.object().put("object", "list");
          ArrayNode data = list.putArray("data");
          boolean more;
          try (var statement =
                  Sql.prepared(
                      connection,
                      waiting ? OLDEST_FIRST : NEWEST_FIRST,
                      team,
                      page.queue(),
                      page.queue(),
                      page.status(),
                      page.after(),
                      page.after(),
                      page.limit() + 1);
              var rows = statement.executeQuery()) {
            more = rows.next();
            while (more && data.size() < page.limit()) {
              data.add(QuestionJson.of(rows));
              more = rows.next();
            }
          }
          list.put("first_id", data.path(0).path("id").asText(null));
          list.put("last_id", data.path(data.size() - 1).path("id").asText(null));
          return list.put("has_more", more);
        });
  }

  /** Says that this person looks at it, so that no two do; who claimed it may claim it again. */
  public Ruling claim(String team, String id, String actor) {
    return database.inTransaction(
        connection -> {
          expire(team, id, connection);
          String holds = config.claimHolds().toString();
          boolean claimed = Sql.run(connection, CLAIM, actor, team, id, actor, holds) == 1;
          if (claimed) {
            note(id, "claimed", actor, Json.object(), connection);
          }
          Optional<ObjectNode> question = one(team, id, connection);
          if (question.isEmpty()) {
            return new Ruling.Unknown();
          }
          if (claimed) {
            return new Ruling.Holds(question.get());
          }
          return question.get().path("decision").isNull()
              ? new Ruling.Claimed(question.get())
              : new Ruling.TooLate(question.get());
        });
  }

  /**
   * Answers a question; the first answer holds. Somebody else's claim does not stand against it: it
   * is a courtesy, and who claimed may have gone home.
   *
   * @param comment null when there is none
   */
  public Ruling decide(
      String team, String id, String decision, @Nullable String comment, String actor) {
    Ruling ruling =
        database.inTransaction(
            connection -> {
              Sql.run(connection, LOCK, team, id);
              expire(team, id, connection);
              Optional<ObjectNode> question = one(team, id, connection);
              if (question.isEmpty()) {
                return new Ruling.Unknown();
              }
              if (!question.get().path("decision").isNull()) {
                return new Ruling.TooLate(question.get());
              }
              List<String> allowed = allowed(question.get());
              if (!allowed.contains(decision)) {
                return new Ruling.NotAWord(allowed);
              }
              boolean first = settle(connection, actor, DECIDE, decision, actor, comment, team, id);
              ObjectNode now = one(team, id, connection).orElseThrow();
              return first ? new Ruling.Holds(now) : new Ruling.TooLate(now);
            });
    changed.run();
    return ruling;
  }

  /**
   * Answers what is overdue, whoever's it is, and forgets what was shown long ago.
   *
   * @return when the next deadline is; empty when nothing waits
   */
  Optional<Instant> sweep() {
    boolean all = false;
    while (!all) {
      all =
          database.inTransaction(
              connection -> {
                List<String> overdue = ids(connection, OVERDUE_ANYWHERE, AT_ONCE);
                for (String id : overdue) {
                  settle(connection, DEADLINE, EXPIRE, id);
                }
                return overdue.size() < AT_ONCE;
              });
    }
    return database.inTransaction(
        connection -> {
          Sql.run(connection, FORGET);
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(NEXT_DEADLINE)) {
            rows.next();
            var next = rows.getTimestamp(1);
            return next == null ? Optional.empty() : Optional.of(next.toInstant());
          }
        });
  }

  /** Age of the oldest question that waits for a person; 0 when none does. */
  public double oldestWaitingSeconds() {
    return database.inTransaction(
        connection -> {
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(OLDEST_WAITING)) {
            rows.next();
            return rows.getDouble(1);
          }
        });
  }

  /** Writes down what the deadline answered; null stands for all questions of the team. */
  private void expire(String team, @Nullable String id, Connection connection) throws SQLException {
    for (String overdue : ids(connection, OVERDUE, team, id)) {
      settle(connection, DEADLINE, EXPIRE, overdue);
    }
  }

  /** Runs the update that answers; false when somebody was first. */
  private boolean settle(
      Connection connection, String actor, String sql, @Nullable Object... values)
      throws SQLException {
    Settled settled;
    @Nullable String runId;
    try (var statement = Sql.prepared(connection, sql, values);
        var row = statement.executeQuery()) {
      if (!row.next()) {
        return false;
      }
      settled = settled(row);
      runId = row.getString("run_id");
    }
    String id = settled.questionId();
    ObjectNode detail = Json.object().put("decision", settled.decision());
    detail.put("comment", settled.comment());
    String action = settled.decidedBy().equals("human") ? "decided" : "expired";
    note(id, action, actor, detail, connection);
    Sql.run(connection, FORGET_LATER, config.keepMaterial().toString(), id);
    if (runId != null) {
      Sql.run(connection, HINT, id, runId);
    }
    consequence.of(settled, connection);
    return true;
  }

  private static Settled settled(ResultSet row) throws SQLException {
    return new Settled(
        row.getString("id"),
        row.getString("queue"),
        row.getString("review_id"),
        row.getString("decision"),
        row.getString("decided_by"),
        row.getString("actor"),
        row.getString("comment"),
        row.getTimestamp("decided_at").toInstant());
  }

  private static boolean isSame(ObjectNode known, Question question) {
    return question.queue().equals(known.path("queue").textValue())
        && same(known.path("run_id").textValue(), question.runId())
        && same(known.path("step").textValue(), question.step())
        && allowed(known).equals(question.decisions());
  }

  private static boolean same(@Nullable String one, @Nullable String other) {
    return one == null ? other == null : one.equals(other);
  }

  private static List<String> allowed(ObjectNode question) {
    var words = new ArrayList<String>();
    question.path("decisions").forEach(word -> words.add(word.textValue()));
    return words;
  }

  private static Optional<ObjectNode> one(String team, String id, Connection connection)
      throws SQLException {
    return first(connection, ONE, team, id);
  }

  private static Optional<ObjectNode> first(Connection connection, String sql, Object... values)
      throws SQLException {
    try (var statement = Sql.prepared(connection, sql, values);
        var rows = statement.executeQuery()) {
      return rows.next() ? Optional.of(QuestionJson.of(rows)) : Optional.empty();
    }
  }

  private static ArrayNode history(String id, Connection connection) throws SQLException {
    ArrayNode history = Json.object().putArray("history");
    try (var statement = Sql.prepared(connection, EVENTS, id);
        var rows = statement.executeQuery()) {
      while (rows.next()) {
        ObjectNode event = history.addObject();
        event.put("at", rows.getTimestamp("at").toInstant().toString());
        event.put("action", rows.getString("action")).put("actor", rows.getString("actor"));
        event.setAll((ObjectNode) QuestionJson.parsed("detail", rows.getString("detail")));
      }
    }
    return history;
  }

  private static void note(
      String id, String action, String actor, ObjectNode detail, Connection connection)
      throws SQLException {
    Sql.run(connection, NOTE, id, action, actor, Json.text(detail));
  }

  private static List<String> ids(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    var ids = new ArrayList<String>();
    try (var statement = Sql.prepared(connection, sql, values);
        var rows = statement.executeQuery()) {
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
    }
    return ids;
  }
}
