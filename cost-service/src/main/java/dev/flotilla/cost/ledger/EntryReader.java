package dev.flotilla.cost.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.contracts.ledger.RejectedEntry;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads one entry strictly. JSON-B would read a whole batch or nothing, and would make an absent
 * number 0; here each row is judged alone. Fields this version does not know are passed over.
 *
 * <p>The bounds are those of the table: a row that PostgreSQL would refuse must be refused here, or
 * it would take its batch with it.
 */
final class EntryReader {
  static final String INVALID = "invalid_entry";
  private static final int MAX_TEXT = 512;
  private static final int MAX_TAGS = 64;
  private static final int MAX_TAG = 2_048;
  private static final int UUID_LENGTH = 36;
  private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");
  private static final Set<String> STATES =
      Set.of(EntryState.UNKNOWN, EntryState.SETTLED, EntryState.ESTIMATED, EntryState.VOID);

  private final JsonNode row;

  private EntryReader(JsonNode row) {
    this.row = row;
  }

  static ReadEntry read(JsonNode row) {
    String id = row.path("attempt_id").asText("");
    try {
      return new ReadEntry.Valid(uuid(id), new EntryReader(row).entry());
    } catch (Unreadable e) {
      return new ReadEntry.Invalid(new RejectedEntry(id, INVALID, e.sentence));
    }
  }

  private LedgerEntry entry() {
    var entry =
        new LedgerEntry(
            text("attempt_id"),
            state(),
            text("request_id"),
            optionalText("run_id"),
            optionalText("pipeline"),
            optionalText("step"),
            text("origin"),
            text("team"),
            text("key"),
            optionalText("project"),
            optionalText("task_type"),
            text("provider"),
            text("model"),
            optionalText("served_model"),
            text("price_version"),
            flag("simulated"),
            require("started_at", instant("started_at")),
            instant("ended_at"),
            optionalText("outcome"),
            optionalText("finish_reason"),
            optionalText("upstream_id"),
            flag("estimated"),
            usage(),
            count(row, "cost_nanos"),
            require("floor_nanos", count(row, "floor_nanos")),
            require("ceiling_nanos", count(row, "ceiling_nanos")),
            tags(),
            optionalText("traceparent"));
    checkAsAWhole(entry);
    return entry;
  }

  private static void checkAsAWhole(LedgerEntry entry) {
    Long cost = entry.costNanos();
    switch (entry.state()) {
      case EntryState.SETTLED, EntryState.ESTIMATED -> {
        if (cost == null) {
          throw new Unreadable(
              "cost_nanos is missing; a " + entry.state() + " attempt has an amount, 0 or more");
        }
      }
      case EntryState.UNKNOWN -> {
        if (cost != null) {
          throw new Unreadable("cost_nanos is " + cost + "; write null while the state is unknown");
        }
      }
      default -> {
        if (cost != null && cost != 0) {
          throw new Unreadable("cost_nanos is " + cost + "; a void attempt costs 0 or null");
        }
      }
    }
    Instant ended = entry.endedAt();
    if (ended != null && ended.isBefore(entry.startedAt())) {
      throw new Unreadable("ended_at " + ended + " is before started_at " + entry.startedAt());
    }
  }

  private String state() {
    String state = text("state");
    if (!STATES.contains(state)) {
      throw new Unreadable("state is '" + state + "'; write unknown, settled, estimated or void");
    }
    return state;
  }

  private static UUID uuid(String text) {
    try {
      // fromString alone would take 1-1-1-1-1.
      if (text.length() == UUID_LENGTH) {
        return UUID.fromString(text);
      }
    } catch (IllegalArgumentException e) {
      throw new Unreadable("attempt_id is not a UUID; write its 36 characters");
    }
    throw new Unreadable("attempt_id is not a UUID; write its 36 characters");
  }

  private String text(String field) {
    return require(field, optionalText(field));
  }

  private @Nullable String optionalText(String field) {
    JsonNode value = row.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw new Unreadable(field + " is blank or no text; leave it out when there is none");
    }
    return bounded(field, value.textValue(), MAX_TEXT);
  }

  private static String bounded(String field, String text, int most) {
    if (text.length() > most) {
      throw new Unreadable(field + " has " + text.length() + " characters; at most " + most);
    }
    for (int i = 0, point; i < text.length(); i += Character.charCount(point)) {
      point = text.codePointAt(i);
      if (point == 0 || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
        throw new Unreadable(field + " holds a character that no database text can keep");
      }
    }
    return text;
  }

  private boolean flag(String field) {
    JsonNode value = row.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw new Unreadable(field + " is no truth value; write true or false");
    }
    return value.booleanValue();
  }

  private @Nullable Instant instant(String field) {
    String text = optionalText(field);
    if (text == null) {
      return null;
    }
    try {
      Instant instant = Instant.parse(text);
      if (instant.isAfter(EARLIEST) && instant.isBefore(LATEST)) {
        return instant;
      }
    } catch (DateTimeException e) {
      throw new Unreadable(field + " is no time; write RFC 3339 such as 2026-11-21T10:00:00.123Z");
    }
    throw new Unreadable(field + " is " + text + "; write a time from 2000 to 2199");
  }

  private AttemptUsage usage() {
    JsonNode usage = row.path("usage");
    if (usage.isMissingNode() || usage.isNull()) {
      return AttemptUsage.NONE;
    }
    if (!usage.isObject()) {
      throw new Unreadable("usage is no object of counts");
    }
    return new AttemptUsage(
        count(usage, "input"),
        count(usage, "cache_read"),
        count(usage, "cache_write_5m"),
        count(usage, "cache_write_1h"),
        count(usage, "output"),
        count(usage, "reasoning"),
        count(usage, "audio_in"),
        count(usage, "audio_out"),
        count(usage, "images"));
  }

  private static @Nullable Long count(JsonNode object, String field) {
    JsonNode value = object.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw new Unreadable(field + " is " + value + "; write a whole number, 0 or more");
    }
    return value.longValue();
  }

  private @Nullable Map<String, String> tags() {
    JsonNode tags = row.path("tags");
    if (tags.isMissingNode() || tags.isNull()) {
      return null;
    }
    if (!tags.isObject() || tags.size() > MAX_TAGS) {
      throw new Unreadable("tags is no object of at most " + MAX_TAGS + " texts");
    }
    Map<String, String> read = new LinkedHashMap<>();
    for (var tag : tags.properties()) {
      if (!tag.getValue().isTextual()) {
        throw new Unreadable("tags holds something that is no text");
      }
      read.put(
          bounded("a tag's name", tag.getKey(), MAX_TEXT),
          bounded("a tag", tag.getValue().textValue(), MAX_TAG));
    }
    return read;
  }

  private static <T> T require(String field, @Nullable T value) {
    if (value == null) {
      throw new Unreadable(field + " is missing");
    }
    return value;
  }

  /** Leaves the reading of one row; never seen outside. */
  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final String sentence;

    Unreadable(String sentence) {
      super(sentence, null, false, false);
      this.sentence = sentence;
    }
  }
}
