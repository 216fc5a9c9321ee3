package dev.flotilla.cost.decision;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.decision.Decision;
import dev.flotilla.contracts.decision.DecisionHop;
import dev.flotilla.contracts.decision.DecisionSignal;
import dev.flotilla.cost.row.StrictRow;
import dev.flotilla.cost.row.UnreadableRow;
import java.util.ArrayList;
import java.util.List;

/** Reads one decision strictly. Fields and words this version does not know are passed over. */
final class DecisionReader {
  private static final int MOST_SIGNALS = 32;
  private static final int MOST_HOPS = 32;

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
        row.usage(),
        signals(json.path("signals")),
        hops(json.path("hops")));
  }

  /** Of what this version cannot read nothing is kept: it explains, and the rest is still true. */
  private static List<DecisionSignal> signals(JsonNode list) {
    var signals = new ArrayList<DecisionSignal>();
    for (JsonNode each : list) {
      if (signals.size() < MOST_SIGNALS && each.path("value").isNumber()) {
        var row = new StrictRow(each);
        signals.add(
            new DecisionSignal(
                row.text("from"), row.text("says"), each.path("value").doubleValue()));
      }
    }
    return List.copyOf(signals);
  }

  private static List<DecisionHop> hops(JsonNode list) {
    var hops = new ArrayList<DecisionHop>();
    for (JsonNode each : list) {
      if (hops.size() < MOST_HOPS) {
        var row = new StrictRow(each);
        hops.add(new DecisionHop(row.text("from"), row.text("reason")));
      }
    }
    return List.copyOf(hops);
  }

  private static int small(StrictRow row, String field) {
    long found = StrictRow.require(field, row.count(field));
    if (found > Integer.MAX_VALUE) {
      throw new UnreadableRow(field + " is " + found + ", which is no such number");
    }
    return (int) found;
  }
}
