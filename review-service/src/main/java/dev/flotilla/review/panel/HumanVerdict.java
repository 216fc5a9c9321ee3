package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.review.people.Consequence;
import dev.flotilla.review.people.Settled;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.ZoneOffset;

/** A review that waited for a person is decided with that person's, or the deadline's, answer. */
public final class HumanVerdict implements Consequence {
  private static final String DECIDE =
      """
      update review set status = 'decided', decision = ?, decided_at = ?
      where id = ? and status = 'needs_human'""";

  private static final String KEEP_RECORD =
      """
      insert into decision_record (review_id, outcome, decided_by, actor, policy_version, record)
      select review_id, ?, ?, ?, policy_version, ?::json from decision_record
      where review_id = ? and outcome = 'escalate' order by id desc limit 1""";

  @Override
  public void of(Settled settled, Connection connection) throws SQLException {
    if (settled.reviewId() == null) {
      return;
    }
    try (var statement = connection.prepareStatement(DECIDE)) {
      statement.setString(1, settled.decision());
      statement.setObject(2, settled.decidedAt().atOffset(ZoneOffset.UTC));
      statement.setString(3, settled.reviewId());
      statement.executeUpdate();
    }
    ObjectNode record = Json.object().put("decision_id", settled.questionId());
    record.put("queue", settled.queue()).put("comment", settled.comment());
    try (var statement = connection.prepareStatement(KEEP_RECORD)) {
      statement.setString(1, settled.decision());
      statement.setString(2, settled.decidedBy());
      statement.setString(3, settled.actor() == null ? "deadline" : settled.actor());
      statement.setString(4, Json.text(record));
      statement.setString(5, settled.reviewId());
      statement.executeUpdate();
    }
  }
}
