package dev.flotilla.cost.decision;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.decision.Decision;
import dev.flotilla.cost.row.StrictRow;
import dev.flotilla.cost.row.UnreadableRow;

/** Reads one decision strictly. Fields and words this version does not know are passed over. */
final class DecisionReader {
  private DecisionReader() {}

  /**
   * @throws UnreadableRow when a field is missing or not as agreed
   */
  static Decision read(JsonNode json) {
    var row = new StrictRow(json);
    return new Decision(
        row.text("request_id"),
        StrictRow.require("at", row.instant("at")),
        row.text("team"),
        row.text("key"),
        row.optionalText("project"),
        row.text("origin"),
        row.optionalText("task_type"),
        row.share("confidence"),
        row.text("decided_by"),
        row.texts("matched_rules"),
        row.text("cache"),
        row.optionalText("model"),
        row.flag("simulated"),
        small(row, "fallback_count"),
        row.optionalText("fallback_reason"),
        row.text("outcome"),
        small(row, "status"),
        row.flag("stream"),
        StrictRow.require("overhead_ms", row.count("overhead_ms")),
        StrictRow.require("duration_ms", row.count("duration_ms")),
        row.optionalText("trace_id"),
        row.tags(),
        row.optionalText("baseline_model"),
        row.text("price_version"),
        row.usage());
  }

  private static int small(StrictRow row, String field) {
    long found = StrictRow.require(field, row.count(field));
    if (found > Integer.MAX_VALUE) {
      throw new UnreadableRow(field + " is " + found + ", which is no such number");
    }
    return (int) found;
  }
}
