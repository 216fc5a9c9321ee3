package dev.flotilla.cost.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.contracts.ledger.RejectedEntry;
import dev.flotilla.cost.row.StrictRow;
import dev.flotilla.cost.row.UnreadableRow;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads one entry strictly. JSON-B would read a whole batch or nothing, and would make an absent
 * number 0; here each row is judged alone. Fields this version does not know are passed over.
 */
final class EntryReader {
  static final String INVALID = "invalid_entry";
  private static final int UUID_LENGTH = 36;
  private static final Set<String> STATES =
      Set.of(EntryState.UNKNOWN, EntryState.SETTLED, EntryState.ESTIMATED, EntryState.VOID);

  private final StrictRow row;

  private EntryReader(StrictRow row) {
    this.row = row;
  }

  static ReadEntry read(JsonNode row) {
    String id = row.path("attempt_id").asText("");
    try {
      return new ReadEntry.Valid(uuid(id), new EntryReader(new StrictRow(row)).entry());
    } catch (UnreadableRow e) {
      return new ReadEntry.Invalid(new RejectedEntry(id, INVALID, e.sentence()));
    }
  }

  private LedgerEntry entry() {
    var entry =
        new LedgerEntry(
            row.text("attempt_id"),
            state(),
            row.text("request_id"),
            row.optionalText("run_id"),
            row.optionalText("pipeline"),
            row.optionalText("step"),
            row.text("origin"),
            row.text("team"),
            row.text("key"),
            row.optionalText("project"),
            row.optionalText("task_type"),
            row.text("provider"),
            row.text("model"),
            row.optionalText("served_model"),
            row.text("price_version"),
            row.flag("simulated"),
            StrictRow.require("started_at", row.instant("started_at")),
            row.instant("ended_at"),
            row.optionalText("outcome"),
            row.optionalText("finish_reason"),
            row.optionalText("upstream_id"),
            row.flag("estimated"),
            row.usage(),
            row.count("cost_nanos"),
            StrictRow.require("floor_nanos", row.count("floor_nanos")),
            StrictRow.require("ceiling_nanos", row.count("ceiling_nanos")),
            row.tags(),
            row.optionalText("traceparent"),
            lease());
    checkAsAWhole(entry);
    return entry;
  }

  private static void checkAsAWhole(LedgerEntry entry) {
    Long cost = entry.costNanos();
    switch (entry.state()) {
      case EntryState.SETTLED, EntryState.ESTIMATED -> {
        if (cost == null) {
          throw new UnreadableRow(
              "cost_nanos is missing; a " + entry.state() + " attempt has an amount, 0 or more");
        }
      }
      case EntryState.UNKNOWN -> {
        if (cost != null) {
          throw new UnreadableRow(
              "cost_nanos is " + cost + "; write null while the state is unknown");
        }
      }
      default -> {
        if (cost != null && cost != 0) {
          throw new UnreadableRow("cost_nanos is " + cost + "; a void attempt costs 0 or null");
        }
      }
    }
    Instant ended = entry.endedAt();
    if (ended != null && ended.isBefore(entry.startedAt())) {
      throw new UnreadableRow("ended_at " + ended + " is before started_at " + entry.startedAt());
    }
  }

  private String state() {
    String state = row.text("state");
    if (!STATES.contains(state)) {
      throw new UnreadableRow(
          "state is '" + state + "'; write unknown, settled, estimated or void");
    }
    return state;
  }

  private @Nullable String lease() {
    String lease = row.optionalText("lease");
    if (lease != null && lease.length() != UUID_LENGTH) {
      throw new UnreadableRow("lease is not a UUID; write its 36 characters, or leave it out");
    }
    try {
      return lease == null ? null : UUID.fromString(lease).toString();
    } catch (IllegalArgumentException e) {
      throw new UnreadableRow("lease is not a UUID; write its 36 characters, or leave it out");
    }
  }

  private static UUID uuid(String text) {
    try {
      // fromString alone would take 1-1-1-1-1.
      if (text.length() == UUID_LENGTH) {
        return UUID.fromString(text);
      }
    } catch (IllegalArgumentException e) {
      throw new UnreadableRow("attempt_id is not a UUID; write its 36 characters");
    }
    throw new UnreadableRow("attempt_id is not a UUID; write its 36 characters");
  }
}
