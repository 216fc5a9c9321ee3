package dev.flotilla.cost.decision;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.decision.Decision;
import dev.flotilla.contracts.decision.DecisionHop;
import dev.flotilla.contracts.decision.DecisionSignal;
import dev.flotilla.cost.row.UsageColumns;
import dev.flotilla.kit.json.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** The table {@code decision}. A whole batch is one statement with one parameter. */
final class DecisionTable {
  /** Columns and their types, as the statement unpacks them. */
  private static final String COLUMNS =
      """
      team text, request_id text, started_at timestamptz, key_id text, project text, origin text, task_type text,
      confidence double precision, decided_by text, matched_rules jsonb, cache text, model text, simulated boolean,
      fallback_count bigint, fallback_reason text, outcome text, status bigint, stream boolean, overhead_ms bigint,
      duration_ms bigint, trace_id text, tags jsonb, baseline_model text, price_version text, signals jsonb, hops jsonb"""
          + ", "
          + String.join(" bigint, ", UsageColumns.NAMES)
          + " bigint";

  private static final String NAMES =
      COLUMNS.replaceAll(" (text|boolean|timestamptz|bigint|jsonb|double precision)\\b", "");

  private static final String INSERT =
      "insert into decision ("
          + NAMES
          + ") select "
          + NAMES
          + " from jsonb_to_recordset(?::jsonb) as sent("
          + COLUMNS
          // One order for everybody: two batches that share requests wait for each other instead of
          // deadlocking.
          + ") order by team, request_id on conflict (team, request_id) do nothing";

  private DecisionTable() {}

  /**
   * Keeps what is new and leaves what is there.
   *
   * @return how many were new
   */
  static int write(Connection connection, List<Decision> decisions) throws SQLException {
    ArrayNode rows = Json.object().putArray("rows");
    decisions.forEach(decision -> put(rows.addObject(), decision));
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      statement.setString(1, Json.text(rows));
      return statement.executeUpdate();
    }
  }

  private static void put(ObjectNode row, Decision decision) {
    row.put("team", decision.team());
    row.put("request_id", decision.requestId());
    row.put("started_at", decision.at().toString());
    row.put("key_id", decision.key());
    row.put("project", decision.project());
    row.put("origin", decision.origin());
    row.put("task_type", decision.taskType());
    row.put("confidence", decision.confidence());
    row.put("decided_by", decision.decidedBy());
    decision.matchedRules().forEach(row.putArray("matched_rules")::add);
    row.put("cache", decision.cache());
    row.put("model", decision.model());
    row.put("simulated", decision.simulated());
    row.put("fallback_count", decision.fallbackCount());
    row.put("fallback_reason", decision.fallbackReason());
    row.put("outcome", decision.outcome());
    row.put("status", decision.status());
    row.put("stream", decision.stream());
    row.put("overhead_ms", decision.overheadMs());
    row.put("duration_ms", decision.durationMs());
    row.put("trace_id", decision.traceId());
    if (decision.tags() != null) {
      ObjectNode tags = row.putObject("tags");
      decision.tags().forEach(tags::put);
    }
    row.put("baseline_model", decision.baselineModel());
    row.put("price_version", decision.priceVersion());
    List<DecisionSignal> signals = decision.signals();
    if (signals != null && !signals.isEmpty()) {
      ArrayNode told = row.putArray("signals");
      for (DecisionSignal signal : signals) {
        told.addObject()
            .put("from", signal.from())
            .put("says", signal.says())
            .put("value", signal.value());
      }
    }
    List<DecisionHop> hops = decision.hops();
    if (hops != null && !hops.isEmpty()) {
      ArrayNode told = row.putArray("hops");
      for (DecisionHop hop : hops) {
        told.addObject().put("from", hop.from()).put("reason", hop.reason());
      }
    }
    UsageColumns.counts(decision.usage()).forEach(row::put);
  }
}
