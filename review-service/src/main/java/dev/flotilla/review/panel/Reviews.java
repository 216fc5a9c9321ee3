package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.review.aggregation.Aggregate;
import dev.flotilla.review.aggregation.Decision;
import dev.flotilla.review.people.Questions;
import dev.flotilla.review.policy.Policy;
import dev.flotilla.review.reviewer.Assignment;
import dev.flotilla.review.reviewer.Errand;
import dev.flotilla.review.reviewer.Seat;
import dev.flotilla.review.reviewer.Verdict;
import dev.flotilla.review.verification.Verified;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The reviews on record. Thread-safe. */
public final class Reviews {
  /** After its deadline a panel has reported, and only the record remains to be written. */
  private static final Duration TO_WRITE = Duration.ofSeconds(30);

  private static final String FORGET_OLD_ARTIFACTS =
      "delete from artifact where kept_until < now()";

  private static final String BEGIN =
      """
      insert into review (id, team, status, ends_by, body) values (?, ?, 'in_review', ?, ?::json)""";

  private static final String KEEP_ARTIFACT =
      """
      insert into artifact (review_id, team, assignment, kept_until) values (?, ?, ?::json, ?)""";

  private static final String KEEP_POLICY =
      """
      insert into policy_version (version, name, content) values (?, ?, ?) on conflict do nothing""";

  private static final String KEEP_RECORD =
      """
      insert into decision_record (review_id, outcome, decided_by, actor, policy_version, record)
      values (?, ?, 'policy', ?, ?, ?::json)""";

  private static final String DECIDE =
      """
      update review set status = ?, decision = ?, body = ?::json,
        decided_at = case when ?::text is null then null else now() end
      where id = ?
      returning id, status, decision, created_at, decided_at, body""";

  private static final String ONE =
      """
      select id, status, decision, created_at, decided_at, body from review_shown
      where team = ? and id = ?""";

  // Ids are ULIDs, so their order is that of time.
  private static final String NEWEST =
      """
      select id, status, decision, created_at, decided_at, body from review_shown
      where team = ? and (?::text is null or status = ?)
        and (?::text is null or id in (select review_id from question where queue = ?))
        and (?::text is null or id < ?)
      order by id desc limit ?""";

  private final Database database;
  private final Duration keepArtifact;
  private final Questions questions;

  /**
   * @param keepArtifact how long what was reviewed rests here
   * @param questions where people are asked when a panel cannot decide
   */
  public Reviews(Database database, Duration keepArtifact, Questions questions) {
    this.database = database;
    this.keepArtifact = keepArtifact;
    this.questions = questions;
  }

  /** Writes down that a panel is being asked. */
  void begin(String id, ReviewRequest request, Errand errand) {
    ObjectNode body = ReviewJson.begun(request, errand.requestId());
    OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
    String team = errand.caller().team();
    database.inTransaction(
        connection -> {
          run(connection, FORGET_OLD_ARTIFACTS);
          OffsetDateTime endsBy = now.plus(errand.deadline().remaining()).plus(TO_WRITE);
          run(connection, BEGIN, id, team, endsBy, Json.text(body));
          String assignment = Json.text(assignment(request.assignment()));
          return run(connection, KEEP_ARTIFACT, id, team, assignment, now.plus(keepArtifact));
        });
  }

  /**
   * Writes down what a panel said, what was verified and what the policy made of it; returns it as
   * the API shows it.
   */
  ObjectNode record(
      String id,
      ReviewRequest request,
      Errand errand,
      List<Seat> seats,
      List<Verified> verified,
      Aggregate aggregate) {
    String body =
        Json.text(ReviewJson.decided(request, errand.requestId(), seats, verified, aggregate));
    String decision = decided(aggregate.decision());
    Policy policy = request.policy();
    String team = errand.caller().team();
    ObjectNode review =
        database.inTransaction(
            connection -> {
              run(connection, KEEP_POLICY, policy.version(), policy.name(), policy.content());
              run(
                  connection,
                  KEEP_RECORD,
                  id,
                  decision == null ? "escalate" : decision,
                  policy.name(),
                  policy.version(),
                  body);
              String status = decision == null ? "needs_human" : "decided";
              ObjectNode shown;
              try (var statement =
                      prepared(connection, DECIDE, status, decision, body, decision, id);
                  var rows = statement.executeQuery()) {
                rows.next();
                shown = shown(rows);
              }
              if (decision == null) {
                questions.put(Escalation.of(id, team, request, shown), policy.name(), connection);
                withPerson(team, shown, connection);
              }
              return shown;
            });
    if (decision == null) {
      questions.wasPut();
    }
    return review;
  }

  /** Empty when the team has no such review. */
  Optional<ObjectNode> find(String team, String id) {
    return database.inTransaction(
        connection -> {
          questions.settleOverdue(team, connection);
          return one(team, id, connection);
        });
  }

  /** One page of a team's reviews; empty when it has none. */
  ObjectNode list(String team, Page page) {
    return database.inTransaction(
        connection -> {
          questions.settleOverdue(team, connection);
          try (var statement =
                  prepared(
                      connection,
                      NEWEST,
                      team,
                      page.status(),
                      page.status(),
                      page.queue(),
                      page.queue(),
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
            list.put("has_more", more);
            for (var review : data) {
              withPerson(team, (ObjectNode) review, connection);
            }
            return list;
          }
        });
  }

  private Optional<ObjectNode> one(String team, String id, Connection connection)
      throws SQLException {
    ObjectNode review;
    try (var statement = prepared(connection, ONE, team, id);
        var rows = statement.executeQuery()) {
      if (!rows.next()) {
        return Optional.empty();
      }
      review = shown(rows);
    }
    withPerson(team, review, connection);
    return Optional.of(review);
  }

  /** Says who is asked, or was. */
  private void withPerson(String team, ObjectNode review, Connection connection)
      throws SQLException {
    Optional<ObjectNode> question =
        questions.ofReview(team, review.path("id").asText(), connection);
    if (question.isPresent()) {
      ObjectNode human = review.putObject("human");
      human.set("decision_id", question.get().path("id"));
      for (String fact :
          List.of("queue", "assigned_to", "actor", "comment", "deadline", "on_timeout")) {
        human.set(fact, question.get().path(fact));
      }
      human.set("decided_at", question.get().path("decided_at"));
      review.set("decided_by", question.get().path("decided_by"));
    }
  }

  private static @Nullable String decided(Decision decision) {
    return switch (decision) {
      case Decision.Decided(Verdict verdict) -> verdict.word();
      case Decision.Escalated escalated -> null;
    };
  }

  private static ObjectNode assignment(Assignment assignment) {
    ObjectNode json = Json.object();
    json.put("type", assignment.type()).put("artifact", assignment.artifact());
    ArrayNode plan = json.putArray("plan");
    assignment.plan().forEach(plan::add);
    return json.put("task", assignment.task());
  }

  private static ObjectNode shown(ResultSet row) throws SQLException {
    ObjectNode review = Json.object();
    review.put("id", row.getString("id")).put("object", "review");
    review.put("status", row.getString("status")).put("decision", row.getString("decision"));
    try {
      review.setAll((ObjectNode) Json.parse(row.getString("body")));
    } catch (NotJson e) {
      throw new SQLException("the column body holds no JSON", e);
    }
    review.put("created_at", row.getTimestamp("created_at").toInstant().toString());
    Timestamp decidedAt = row.getTimestamp("decided_at");
    return review.put("decided_at", decidedAt == null ? null : decidedAt.toInstant().toString());
  }

  private static int run(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (var statement = prepared(connection, sql, values)) {
      return statement.executeUpdate();
    }
  }

  private static PreparedStatement prepared(
      Connection connection, String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }
}
