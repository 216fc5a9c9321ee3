package dev.flotilla.review.reliability;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.postgres.Database;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Computes reliabilities from the records of a team's decisions. Thread-safe. */
public final class TrackRecords {
  private static final String APPROVE = "approve";

  // Of what a panel said, and what was found later: by a person, or by a check.
  private static final String SETTLED =
      """
      select p.record, h.outcome as found from decision_record p
      join review r on r.id = p.review_id
      left join decision_record h on h.review_id = p.review_id and h.decided_by = 'human'
      where p.decided_by = 'policy' and r.team = ? and p.recorded_at > now() - interval '365 days'
      order by p.id""";

  private final Database database;

  public TrackRecords(Database database) {
    this.database = database;
  }

  /** By model, in alphabetical order; models about which nothing was found later are missing. */
  List<Reliability> of(String team) {
    return database.inTransaction(
        connection -> {
          var byModel = new TreeMap<String, Reliability>();
          try (var statement = connection.prepareStatement(SETTLED)) {
            statement.setString(1, team);
            try (var rows = statement.executeQuery()) {
              while (rows.next()) {
                count(parsed(rows.getString("record")), rows.getString("found"), byModel);
              }
            }
          }
          return List.copyOf(byModel.values());
        });
  }

  private static void count(
      JsonNode record, @Nullable String found, Map<String, Reliability> byModel) {
    boolean failedCheck = false;
    for (JsonNode check : record.path("verification")) {
      failedCheck |= !check.path("passed").asBoolean(true);
    }
    if (found == null && !failedCheck) {
      return;
    }
    boolean deserved = failedCheck || !APPROVE.equals(found);
    for (JsonNode reviewer : record.path("reviewers")) {
      String verdict = reviewer.path("verdict").asText("");
      if (!verdict.isEmpty()) {
        byModel.compute(
            reviewer.path("model").asText(),
            (model, before) ->
                (before == null ? new Reliability(model, 0, 0, 0, 0) : before)
                    .and(!verdict.equals(APPROVE), deserved));
      }
    }
  }

  private static JsonNode parsed(String json) throws SQLException {
    try {
      return Json.parse(json);
    } catch (NotJson e) {
      throw new SQLException("the column record holds no JSON", e);
    }
  }
}
