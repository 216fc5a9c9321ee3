package dev.flotilla.review.people;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A question in the shape the API shows. */
final class QuestionJson {
  private QuestionJson() {}

  /** A row of {@code question}, with {@code shown} of its material; null when that is forgotten. */
  static ObjectNode of(ResultSet row) throws SQLException {
    ObjectNode json = Json.object();
    json.put("id", row.getString("id")).put("object", "decision");
    json.put("team", row.getString("team")).put("queue", row.getString("queue"));
    json.put("title", row.getString("title"));
    String decidedBy = row.getString("decided_by");
    json.put("status", status(decidedBy));
    json.put("decision", row.getString("decision")).put("decided_by", decidedBy);
    json.put("actor", row.getString("actor")).put("comment", row.getString("comment"));
    json.put("decided_at", moment(row, "decided_at"));
    ArrayNode words = json.putArray("decisions");
    words(row).forEach(words::add);
    json.put("deadline", moment(row, "deadline")).put("on_timeout", row.getString("on_timeout"));
    json.put("assigned_to", row.getString("claimed_by"));
    json.put("claimed_at", moment(row, "claimed_at"));
    json.put("run_id", row.getString("run_id")).put("step", row.getString("step"));
    json.put("review_id", row.getString("review_id"));
    json.put("created_at", moment(row, "created_at"));
    json.set("show", shown(row));
    return json;
  }

  static List<String> words(ResultSet row) throws SQLException {
    return List.of((String[]) row.getArray("decisions").getArray());
  }

  static JsonNode parsed(String column, String text) throws SQLException {
    try {
      return Json.parse(text);
    } catch (NotJson e) {
      throw new SQLException("the column " + column + " holds no JSON", e);
    }
  }

  private static String status(@Nullable String decidedBy) {
    if (decidedBy == null) {
      return "waiting";
    }
    return decidedBy.equals("human") ? "decided" : "expired";
  }

  private static @Nullable JsonNode shown(ResultSet row) throws SQLException {
    String shown = row.getString("shown");
    return shown == null ? null : parsed("shown", shown);
  }

  private static @Nullable String moment(ResultSet row, String column) throws SQLException {
    Timestamp moment = row.getTimestamp(column);
    return moment == null ? null : moment.toInstant().toString();
  }
}
