package dev.flotilla.router.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Money;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import org.jspecify.annotations.Nullable;

/** Batches and items in the shape the API shows. */
final class BatchJson {
  private BatchJson() {}

  static ObjectNode batch(ResultSet row) throws SQLException {
    ObjectNode json = Json.object().put("id", row.getString("id")).put("object", "batch");
    json.put("endpoint", row.getString("endpoint")).put("status", row.getString("status"));
    ObjectNode counts = json.putObject("request_counts").put("total", row.getInt("total"));
    counts.put("completed", row.getInt("completed")).put("failed", row.getInt("failed"));
    counts.put("skipped", row.getInt("skipped"));
    long prompt = row.getLong("prompt_tokens");
    long completion = row.getLong("completion_tokens");
    ObjectNode usage = json.putObject("usage").put("prompt_tokens", prompt);
    usage.put("completion_tokens", completion).put("total_tokens", prompt + completion);
    json.put("cost", Money.usd(row.getLong("cost_nanos")));
    json.put("cost_complete", row.getLong("unknown_nanos") == 0);
    long limit = row.getLong("max_cost_nanos");
    json.put("max_cost_usd", row.wasNull() ? null : Money.usd(limit));
    json.put("concurrency", row.getInt("concurrency"));
    json.put("on_error", row.getBoolean("stop_on_error") ? "stop" : "continue");
    json.put("webhook", row.getString("webhook"));
    json.set("error", parsed(row.getString("error")));
    json.set("metadata", parsed(row.getString("metadata")));
    json.put("request_id", row.getString("request_id"));
    json.put("created_at", moment(row, "created_at")).put("expires_at", moment(row, "expires_at"));
    json.put("cancelling_at", moment(row, "cancelling_at"));
    return json.put("ended_at", moment(row, "ended_at"));
  }

  /** A line of the results. */
  static ObjectNode result(ResultSet row) throws SQLException {
    ObjectNode json = Json.object().put("custom_id", row.getString("custom_id"));
    String body = row.getString("response");
    if (body == null) {
      json.putNull("response");
    } else {
      ObjectNode response = json.putObject("response");
      response.put("status_code", row.getInt("status_code"));
      response.put("request_id", row.getString("request_id"));
      response.set("body", parsed(body));
    }
    json.set("error", error(row));
    return json;
  }

  /** What a watcher is told of an item's end; without the answer, which is in the results. */
  static ObjectNode event(ResultSet row) throws SQLException {
    boolean good = row.getString("state").equals("completed");
    ObjectNode json = Json.object();
    json.put("type", good ? "batch.item.completed" : "batch.item.failed");
    json.put("batch_id", row.getString("batch_id")).put("sequence_number", row.getLong("seq"));
    json.put("at", moment(row, "ended_at"));
    json.put("custom_id", row.getString("custom_id")).put("index", row.getInt("number"));
    json.put("status_code", row.getInt("status_code"));
    json.put("request_id", row.getString("request_id"));
    json.set("error", error(row));
    return json;
  }

  /** Where it went wrong, too. */
  private static @Nullable JsonNode error(ResultSet row) throws SQLException {
    JsonNode error = parsed(row.getString("error"));
    if (error instanceof ObjectNode object) {
      object.put("index", row.getInt("number"));
    }
    return error;
  }

  private static @Nullable JsonNode parsed(@Nullable String text) throws SQLException {
    try {
      return text == null ? null : Json.parse(text);
    } catch (NotJson e) {
      throw new SQLException("a column of a batch holds no JSON", e);
    }
  }

  private static @Nullable String moment(ResultSet row, String column) throws SQLException {
    Timestamp moment = row.getTimestamp(column);
    return moment == null ? null : moment.toInstant().toString();
  }
}
