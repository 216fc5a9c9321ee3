package dev.flotilla.cost.ledger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.contracts.ledger.LedgerEntry;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code attempt}. A whole batch is one statement with one parameter, so its cost does
 * not grow with round trips.
 */
final class AttemptTable {
  private static final JsonFactory JSON = new JsonFactory();

  /** Columns and their types, as the statement unpacks them. */
  private static final String COLUMNS =
      """
      attempt_id uuid, state text, request_id text, run_id text, pipeline text, step text, origin text, team text, key_id text,
      project text, task_type text, provider text, model text, served_model text, price_version text, simulated boolean,
      started_at timestamptz, ended_at timestamptz, outcome text, finish_reason text, upstream_id text, estimated boolean,
      input_tokens bigint, cache_read_tokens bigint, cache_write_5m_tokens bigint, cache_write_1h_tokens bigint,
      output_tokens bigint, reasoning_tokens bigint, audio_in_tokens bigint, audio_out_tokens bigint, images bigint,
      cost_nanos bigint, floor_nanos bigint, ceiling_nanos bigint, tags jsonb, traceparent text, price_check text,
      repriced_nanos bigint, lease_id uuid""";

  private static final String NAMES =
      COLUMNS.replaceAll(" (uuid|text|boolean|timestamptz|bigint|jsonb)", "");

  /** What is known only at the end; who asked for what, and when, stays as it was first written. */
  private static final List<String> KNOWN_AT_THE_END =
      List.of(
          "state",
          "ended_at",
          "outcome",
          "finish_reason",
          "served_model",
          "upstream_id",
          "estimated",
          "input_tokens",
          "cache_read_tokens",
          "cache_write_5m_tokens",
          "cache_write_1h_tokens",
          "output_tokens",
          "reasoning_tokens",
          "audio_in_tokens",
          "audio_out_tokens",
          "images",
          "cost_nanos",
          "floor_nanos",
          "ceiling_nanos",
          "price_check",
          "repriced_nanos");

  private static final String UPSERT =
      "insert into attempt ("
          + NAMES
          + ") select "
          + NAMES
          + " from jsonb_to_recordset(?::jsonb) as entry("
          + COLUMNS
          + ") on conflict (attempt_id) do update set ended_received_at = now()"
          + KNOWN_AT_THE_END.stream()
              .map(c -> ", " + c + " = excluded." + c)
              .reduce("", String::concat)
          + " where attempt.state = 'unknown' and excluded.state <> 'unknown'"
          // Only the end of an attempt that was there before sets it.
          + " returning attempt_id, ended_received_at is null as inserted";

  private static final String STANDING =
      """
      select attempt_id, state, (cost_nanos + coalesce(corrected.nanos, 0))::bigint,
          aged_at is not null and corrected.nanos is null
      from attempt left join lateral (
          select sum(correction.cost_nanos) as nanos from attempt correction
          where correction.correction_of = attempt.attempt_id) corrected on true
      where attempt_id = any (?)""";

  /** Its id follows from the attempt's, so that whoever writes it again writes nothing. */
  private static final String CORRECTION =
      """
      insert into attempt (attempt_id, state, request_id, run_id, pipeline, step, origin, team, key_id,
          project, task_type, provider, model, served_model, price_version, simulated, started_at,
          ended_at, outcome, upstream_id, estimated, cost_nanos, floor_nanos, ceiling_nanos, tags,
          price_check, correction_of)
      select ?::uuid, 'settled', request_id, run_id, pipeline, step, 'correction', team, key_id, project,
          task_type, provider, model, ?::text, price_version, simulated, started_at, ?::timestamptz,
          'corrected', ?::text, false, ?::bigint - cost_nanos, 0, 0, tags, 'unchecked', attempt_id
      from attempt where attempt_id = ?
      on conflict (attempt_id) do nothing""";

  private AttemptTable() {}

  /**
   * Writes what may be written and leaves what has ended.
   *
   * @param rows at most one per attempt
   * @return where each attempt stood before
   */
  static Map<UUID, Standing> write(Connection connection, Collection<AttemptRow> rows)
      throws SQLException {
    // One order for everybody: two batches that share attempts wait for each other instead of
    // deadlocking.
    List<AttemptRow> ordered =
        rows.stream()
            .sorted(Comparator.comparing((AttemptRow row) -> row.id().toString()))
            .toList();
    Map<UUID, Standing> before = upsert(connection, json(ordered));
    List<UUID> untouched = new ArrayList<>();
    for (AttemptRow row : ordered) {
      if (!before.containsKey(row.id())) {
        untouched.add(row.id());
      }
    }
    if (!untouched.isEmpty()) {
      before.putAll(standing(connection, untouched));
    }
    List<AttemptRow> correcting =
        ordered.stream()
            .filter(
                row ->
                    before.get(row.id()) instanceof Standing.Aged aged
                        && Fate.of(row.entry(), aged) == Fate.CORRECTS)
            .toList();
    if (!correcting.isEmpty()) {
      takeTurn(connection);
    }
    for (AttemptRow row : correcting) {
      correct(connection, row);
    }
    return before;
  }

  /**
   * Waits for the turn to count before any further row is written: the upsert may have taken it
   * already, and somebody with such a row and without the turn would lock us out.
   */
  private static void takeTurn(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("select take_turn_to_count()");
    }
  }

  private static void correct(Connection connection, AttemptRow row) throws SQLException {
    LedgerEntry entry = row.entry();
    long cost = entry.costNanos() == null ? 0 : entry.costNanos();
    String name = "correction of " + row.id();
    try (PreparedStatement statement = connection.prepareStatement(CORRECTION)) {
      statement.setObject(1, UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
      statement.setString(2, entry.servedModel());
      statement.setObject(
          3,
          entry.endedAt() == null
              ? null
              : OffsetDateTime.ofInstant(entry.endedAt(), ZoneOffset.UTC),
          Types.TIMESTAMP_WITH_TIMEZONE);
      statement.setString(4, entry.upstreamId());
      statement.setLong(5, cost);
      statement.setObject(6, row.id());
      statement.executeUpdate();
    }
  }

  private static Map<UUID, Standing> upsert(Connection connection, String json)
      throws SQLException {
    Map<UUID, Standing> before = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(UPSERT)) {
      statement.setString(1, json);
      try (ResultSet written = statement.executeQuery()) {
        while (written.next()) {
          before.put(
              written.getObject(1, UUID.class),
              written.getBoolean(2) ? new Standing.Absent() : new Standing.Open());
        }
      }
    }
    return before;
  }

  private static Map<UUID, Standing> standing(Connection connection, List<UUID> ids)
      throws SQLException {
    Map<UUID, Standing> standing = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(STANDING)) {
      statement.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          standing.put(
              rows.getObject(1, UUID.class),
              rows.getBoolean(4)
                  ? new Standing.Aged(rows.getLong(3))
                  : Standing.of(rows.getString(2), rows.getObject(3, Long.class)));
        }
      }
    }
    return standing;
  }

  private static String json(List<AttemptRow> rows) {
    var text = new StringWriter(rows.size() * 1_000);
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartArray();
      for (AttemptRow row : rows) {
        write(out, row);
      }
      out.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException("text in memory can always be written", e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator out, AttemptRow row) throws IOException {
    LedgerEntry entry = row.entry();
    AttemptUsage usage = entry.usage();
    out.writeStartObject();
    text(out, "attempt_id", row.id().toString());
    text(out, "state", entry.state());
    text(out, "request_id", entry.requestId());
    text(out, "run_id", entry.runId());
    text(out, "pipeline", entry.pipeline());
    text(out, "step", entry.step());
    text(out, "origin", entry.origin());
    text(out, "team", entry.team());
    text(out, "key_id", entry.key());
    text(out, "project", entry.project());
    text(out, "task_type", entry.taskType());
    text(out, "provider", entry.provider());
    text(out, "model", entry.model());
    text(out, "served_model", entry.servedModel());
    text(out, "price_version", entry.priceVersion());
    out.writeBooleanField("simulated", entry.simulated());
    text(out, "started_at", entry.startedAt().toString());
    text(out, "ended_at", entry.endedAt() == null ? null : entry.endedAt().toString());
    text(out, "outcome", entry.outcome());
    text(out, "finish_reason", entry.finishReason());
    text(out, "upstream_id", entry.upstreamId());
    out.writeBooleanField("estimated", entry.estimated());
    number(out, "input_tokens", usage.input());
    number(out, "cache_read_tokens", usage.cacheRead());
    number(out, "cache_write_5m_tokens", usage.cacheWrite5m());
    number(out, "cache_write_1h_tokens", usage.cacheWrite1h());
    number(out, "output_tokens", usage.output());
    number(out, "reasoning_tokens", usage.reasoning());
    number(out, "audio_in_tokens", usage.audioIn());
    number(out, "audio_out_tokens", usage.audioOut());
    number(out, "images", usage.images());
    number(out, "cost_nanos", entry.costNanos());
    number(out, "floor_nanos", entry.floorNanos());
    number(out, "ceiling_nanos", entry.ceilingNanos());
    if (entry.tags() != null) {
      out.writeObjectFieldStart("tags");
      for (var tag : entry.tags().entrySet()) {
        out.writeStringField(tag.getKey(), tag.getValue());
      }
      out.writeEndObject();
    }
    text(out, "traceparent", entry.traceparent());
    text(out, "price_check", row.price().word());
    number(out, "repriced_nanos", row.price().repricedNanos());
    text(out, "lease_id", entry.lease());
    out.writeEndObject();
  }

  /** A field that is left out arrives as null. */
  private static void text(JsonGenerator out, String column, @Nullable String value)
      throws IOException {
    if (value != null) {
      out.writeStringField(column, value);
    }
  }

  private static void number(JsonGenerator out, String column, @Nullable Long value)
      throws IOException {
    if (value != null) {
      out.writeNumberField(column, value);
    }
  }
}
