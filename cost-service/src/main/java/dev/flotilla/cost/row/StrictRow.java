package dev.flotilla.cost.row;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.ledger.AttemptUsage;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of a batch, read field by field: what is not as agreed is an {@link UnreadableRow}.
 *
 * <p>The bounds are those of the tables: a row that PostgreSQL would refuse must be refused here,
 * or it would take its batch with it.
 */
public final class StrictRow {
  private static final int MAX_TEXT = 512;
  private static final int MAX_TEXTS = 256;
  private static final int MAX_TAGS = 64;
  private static final int MAX_TAG = 2_048;
  private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

  private final JsonNode row;

  public StrictRow(JsonNode row) {
    this.row = row;
  }

  /** A text that is there and not blank. */
  public String text(String field) {
    return require(field, optionalText(field));
  }

  /** Null when it is absent. */
  public @Nullable String optionalText(String field) {
    JsonNode value = row.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw new UnreadableRow(field + " is blank or no text; leave it out when there is none");
    }
    return bounded(field, value.textValue(), MAX_TEXT);
  }

  private static String bounded(String field, String text, int most) {
    if (text.length() > most) {
      throw new UnreadableRow(field + " has " + text.length() + " characters; at most " + most);
    }
    for (int i = 0, point; i < text.length(); i += Character.charCount(point)) {
      point = text.codePointAt(i);
      if (point == 0 || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
        throw new UnreadableRow(field + " holds a character that no database text can keep");
      }
    }
    return text;
  }

  /** False when it is absent. */
  public boolean flag(String field) {
    JsonNode value = row.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw new UnreadableRow(field + " is no truth value; write true or false");
    }
    return value.booleanValue();
  }

  /** Null when it is absent. */
  public @Nullable Instant instant(String field) {
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
      throw new UnreadableRow(
          field + " is no time; write RFC 3339 such as 2026-11-21T10:00:00.123Z");
    }
    throw new UnreadableRow(field + " is " + text + "; write a time from 2000 to 2199");
  }

  /** The field {@code usage}; nothing known when it is absent. */
  public AttemptUsage usage() {
    JsonNode usage = row.path("usage");
    if (usage.isMissingNode() || usage.isNull()) {
      return AttemptUsage.NONE;
    }
    if (!usage.isObject()) {
      throw new UnreadableRow("usage is no object of counts");
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

  /** A whole number, 0 or more; null when it is absent. */
  public @Nullable Long count(String field) {
    return count(row, field);
  }

  /** A number from 0 to 1; null when it is absent. */
  public @Nullable Double share(String field) {
    JsonNode value = row.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isNumber() || value.doubleValue() < 0 || value.doubleValue() > 1) {
      throw new UnreadableRow(field + " is " + value + "; write a number from 0 to 1");
    }
    return value.doubleValue();
  }

  /** A list of texts; empty when it is absent. */
  public List<String> texts(String field) {
    JsonNode list = row.path(field);
    if (list.isMissingNode() || list.isNull()) {
      return List.of();
    }
    if (!list.isArray() || list.size() > MAX_TEXTS) {
      throw new UnreadableRow(field + " is no list of at most " + MAX_TEXTS + " texts");
    }
    List<String> read = new ArrayList<>();
    for (JsonNode text : list) {
      if (!text.isTextual()) {
        throw new UnreadableRow(field + " holds something that is no text");
      }
      read.add(bounded(field, text.textValue(), MAX_TEXT));
    }
    return List.copyOf(read);
  }

  private static @Nullable Long count(JsonNode object, String field) {
    JsonNode value = object.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw new UnreadableRow(field + " is " + value + "; write a whole number, 0 or more");
    }
    return value.longValue();
  }

  /** The field {@code tags}; null when it is absent. */
  public @Nullable Map<String, String> tags() {
    JsonNode tags = row.path("tags");
    if (tags.isMissingNode() || tags.isNull()) {
      return null;
    }
    if (!tags.isObject() || tags.size() > MAX_TAGS) {
      throw new UnreadableRow("tags is no object of at most " + MAX_TAGS + " texts");
    }
    Map<String, String> read = new LinkedHashMap<>();
    for (var tag : tags.properties()) {
      if (!tag.getValue().isTextual()) {
        throw new UnreadableRow("tags holds something that is no text");
      }
      read.put(
          bounded("a tag's name", tag.getKey(), MAX_TEXT),
          bounded("a tag", tag.getValue().textValue(), MAX_TAG));
    }
    return read;
  }

  /** The value of a field that must be there. */
  public static <T> T require(String field, @Nullable T value) {
    if (value == null) {
      throw new UnreadableRow(field + " is missing");
    }
    return value;
  }
}
