package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.Sql;
import dev.flotilla.review.aggregation.Aggregate;
import dev.flotilla.review.aggregation.Decision;
import dev.flotilla.review.people.Questions;
import dev.flotilla.review.policy.Policy;
import dev.flotilla.review.reviewer.Assignment;
import dev.flotilla.review.reviewer.Errand;
import dev.flotilla.review.reviewer.Seat;
import dev.flotilla.review.reviewer.Verdict;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The reviews on record. Thread-safe. */
public final class Reviews {
  /** After its deadline a panel has reported, and only the record remains to be written. */
  private static final Duration TO_WRITE = Duration.ofSeconds(30);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private static final String FORGET_OLD_ARTIFACTS =
      "delete from artifact where kept_until < now()";

  private static final String BEGIN =
      """
      insert into review (id, team, status, ends_by, body, asked_under, fingerprint)
      values (?, ?, 'in_review', ?, ?::json, ?, ?)
      on conflict (team, asked_under) where asked_under is not null do nothing""";

  private static final String UNDER_KEY =
      "select id, fingerprint from review where team = ? and asked_under = ?";

  private static final String KEEP_ARTIFACT =
      """
      insert into artifact (review_id, team, assignment, kept_until) values (?, ?, ?::json, ?)""";

  private static final String KEEP_VERSION =
      "update artifact set assignment = ?::json where review_id = ?";

  private static final String VERSION =
      "select assignment ->> 'artifact' from artifact where team = ? and review_id = ?";

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
      where id = ? and status = 'in_review'
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

  private static final String EVENTS =
      """
      select at, action, actor, detail from (
        select created_at as at, 'begun' as action, team as actor, '{}'::json as detail, 0 as place
          from review where team = ? and id = ?
        union all
        select recorded_at, case outcome when 'escalate' then 'escalated' else 'decided' end, actor,
          json_build_object('outcome', outcome, 'decided_by', decided_by, 'policy_version', policy_version), 1
          from decision_record d join review r on r.id = d.review_id where r.team = ? and r.id = ?
        union all
        select e.at, e.action, e.actor, e.detail, 2
          from question_event e join question q on q.id = e.question_id where q.team = ? and q.review_id = ?
      ) happened order by at, place""";

  private final Database database;
  private final Duration keepArtifact;
  private final Questions questions;
  private final Sittings sittings;

  /**
   * @param keepArtifact how long what was reviewed rests here
   * @param questions where people are asked when a panel cannot decide
   */
  public Reviews(Database database, Duration keepArtifact, Questions questions, Sittings sittings) {
    this.database = database;
    this.keepArtifact = keepArtifact;
    this.questions = questions;
    this.sittings = sittings;
  }

  /**
   * Writes down that a panel is being asked, unless the same was asked before.
   *
   * @param key under which it may have been; null when the caller gave none
   */
  Begun begin(Sitting sitting, @Nullable String key) {
    String id = sitting.reviewId();
    ReviewRequest request = sitting.request();
    Errand errand = sitting.errand();
    String body = Json.text(ReviewJson.begun(request, errand.requestId()));
    String fingerprint = fingerprint(request);
    OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
    String team = errand.caller().team();
    return database.inTransaction(
        connection -> {
          Sql.run(connection, FORGET_OLD_ARTIFACTS);
          OffsetDateTime endsBy = now.plus(errand.deadline().remaining()).plus(TO_WRITE);
          if (Sql.run(connection, BEGIN, id, team, endsBy, body, key, fingerprint) == 0) {
            return underKey(team, String.valueOf(key), fingerprint, connection);
          }
          String assignment = Json.text(assignment(request.assignment()));
          Sql.run(connection, KEEP_ARTIFACT, id, team, assignment, now.plus(keepArtifact));
          sittings.begin(sitting, connection);
          return new Begun.Fresh();
        });
  }

  private static Begun underKey(String team, String key, String fingerprint, Connection connection)
      throws SQLException {
    try (var statement = Sql.prepared(connection, UNDER_KEY, team, key);
        var rows = statement.executeQuery()) {
      rows.next();
      String id = rows.getString("id");
      return fingerprint.equals(rows.getString("fingerprint"))
          ? new Begun.Known(id)
          : new Begun.Taken(id);
    }
  }

  private static String fingerprint(ReviewRequest request) {
    try {
      // Who asks again has waited already, and has less patience left.
      byte[] asked = Json.bytes(SittingRecord.asked(request).without("patience"));
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(asked));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * Writes down what a panel said and what the policy made of it; returns it as the API shows it.
   * Empty when another instance, which went on with this panel, was first.
   */
  Optional<ObjectNode> record(Sitting sitting, List<Seat> seats, Aggregate aggregate) {
    String id = sitting.reviewId();
    ReviewRequest request = sitting.request();
    Errand errand = sitting.errand();
    String body = Json.text(ReviewJson.decided(sitting, seats, aggregate));
    String decision = decided(aggregate.decision());
    Policy policy = request.policy();
    String team = errand.caller().team();
    Optional<ObjectNode> review =
        database.inTransaction(
            connection -> {
              String status = decision == null ? "needs_human" : "decided";
              ObjectNode shown;
              try (var statement =
                      Sql.prepared(connection, DECIDE, status, decision, body, decision, id);
                  var rows = statement.executeQuery()) {
                if (!rows.next()) {
                  return Optional.empty();
                }
                shown = shown(rows);
              }
              Sql.run(connection, KEEP_POLICY, policy.version(), policy.name(), policy.content());
              Sql.run(
                  connection,
                  KEEP_RECORD,
                  id,
                  decision == null ? "escalate" : decision,
                  policy.name(),
                  policy.version(),
                  body);
              Sittings.end(id, connection);
              if (sitting.round() > 1) {
                String version = Json.text(assignment(request.assignment()));
                Sql.run(connection, KEEP_VERSION, version, id);
                withVersion(team, shown, connection);
              }
              if (decision == null) {
                questions.put(Escalation.of(id, team, request, shown), policy.name(), connection);
                withPerson(team, shown, connection);
              }
              return Optional.of(shown);
            });
    if (decision == null && review.isPresent()) {
      questions.wasPut();
    }
    return review;
  }

  /** A review that is there. */
  ObjectNode known(String team, String id) {
    return find(team, id).orElseThrow(() -> new IllegalStateException(id + " is gone"));
  }

  /** Waits until a panel, of whatever instance, has reported; at most until the deadline. */
  ObjectNode awaitReported(String team, String id, Deadline deadline) {
    while (true) {
      ObjectNode review = known(team, id);
      if (isReported(review) || deadline.passed()) {
        return review;
      }
      try {
        // The other instance tells nobody but the database.
        Thread.sleep(BETWEEN_LOOKS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return review;
      }
    }
  }

  static boolean isReported(ObjectNode review) {
    return !review.path("status").asText().equals("in_review");
  }

  /** Empty when the team has no such review. */
  Optional<ObjectNode> find(String team, String id) {
    return database.inTransaction(
        connection -> {
          questions.settleOverdue(team, connection);
          return one(team, id, connection);
        });
  }

  /** Everything that was done about a review, oldest first; empty when the team has none such. */
  ObjectNode events(String team, String id) {
    return database.inTransaction(
        connection -> {
          questions.settleOverdue(team, connection);
          ObjectNode list = Json.object().put("object", "list");
          ArrayNode data = list.putArray("data");
          try (var statement = Sql.prepared(connection, EVENTS, team, id, team, id, team, id);
              var rows = statement.executeQuery()) {
            while (rows.next()) {
              ObjectNode event = data.addObject();
              event.put("at", rows.getTimestamp("at").toInstant().toString());
              event.put("action", rows.getString("action")).put("actor", rows.getString("actor"));
              event.setAll(object(rows.getString("detail")));
            }
          }
          return list;
        });
  }

  /** One page of a team's reviews; empty when it has none. */
  ObjectNode list(String team, Page page) {
    return database.inTransaction(
        connection -> {
          questions.settleOverdue(team, connection);
          try (var statement =
                  Sql.prepared(
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
    try (var statement = Sql.prepared(connection, ONE, team, id);
        var rows = statement.executeQuery()) {
      if (!rows.next()) {
        return Optional.empty();
      }
      review = shown(rows);
    }
    withPerson(team, review, connection);
    withVersion(team, review, connection);
    return Optional.of(review);
  }

  /** After more than one round: the version that was decided on, while it is kept. */
  private static void withVersion(String team, ObjectNode review, Connection connection)
      throws SQLException {
    if (review.path("rounds").asInt(1) > 1) {
      try (var statement = Sql.prepared(connection, VERSION, team, review.path("id").asText());
          var rows = statement.executeQuery()) {
        review.put("revised_artifact", rows.next() ? rows.getString(1) : null);
      }
    }
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
    review.setAll(object(row.getString("body")));
    review.put("created_at", row.getTimestamp("created_at").toInstant().toString());
    Timestamp decidedAt = row.getTimestamp("decided_at");
    return review.put("decided_at", decidedAt == null ? null : decidedAt.toInstant().toString());
  }

  private static ObjectNode object(String column) throws SQLException {
    try {
      return (ObjectNode) Json.parse(column);
    } catch (NotJson e) {
      throw new SQLException("a column holds no JSON", e);
    }
  }
}
