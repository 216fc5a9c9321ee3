package dev.flotilla.cost.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.flotilla.catalog.Money;
import dev.flotilla.cost.report.Query;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The attempts themselves, one line each, oldest first. */
final class LedgerRows {
  private static final List<String> COLUMNS =
      List.of(
          "attempt_id",
          "state",
          "request_id",
          "run_id",
          "pipeline",
          "step",
          "origin",
          "team",
          "key_id",
          "project",
          "task_type",
          "provider",
          "model",
          "served_model",
          "price_version",
          "simulated",
          "started_at",
          "ended_at",
          "outcome",
          "finish_reason",
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
          "tags");

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
          .build();

  private LedgerRows() {}

  /**
   * @param where from {@code where} on
   */
  static Query query(Query where) {
    return new Query()
        .add("select " + String.join(", ", COLUMNS) + " from attempt")
        .add(where)
        .add(" order by started_at, attempt_id");
  }

  static void csv(ResultSet rows, OutputStream stream) throws SQLException, IOException {
    Writer out = Csv.writer(stream);
    List<String> names = new ArrayList<>(COLUMNS);
    names.add("cost_usd");
    Csv.line(out, names);
    while (rows.next()) {
      List<@Nullable Object> fields = new ArrayList<>();
      for (int i = 0; i < COLUMNS.size(); i++) {
        fields.add(value(rows, i + 1));
      }
      fields.add(usd(rows));
      Csv.line(out, fields);
    }
    out.flush();
  }

  static void jsonLines(ResultSet rows, OutputStream stream) throws SQLException, IOException {
    Writer out = Csv.writer(stream);
    while (rows.next()) {
      try (JsonGenerator line = JSON.createGenerator(out)) {
        line.writeStartObject();
        for (int i = 0; i < COLUMNS.size(); i++) {
          String name = COLUMNS.get(i);
          Object value = value(rows, i + 1);
          line.writeFieldName(name);
          switch (value) {
            case null -> line.writeNull();
            case Long count -> line.writeNumber(count);
            case Boolean flag -> line.writeBoolean(flag);
            case String tags when name.equals("tags") -> line.writeRawValue(tags);
            case Object other -> line.writeString(other.toString());
          }
        }
        line.writeFieldName("cost_usd");
        BigDecimal usd = usd(rows);
        if (usd == null) {
          line.writeNull();
        } else {
          line.writeNumber(usd);
        }
        line.writeEndObject();
      }
      out.write('\n');
    }
    out.flush();
  }

  /** Null while nobody knows. */
  private static @Nullable BigDecimal usd(ResultSet row) throws SQLException {
    Long nanos = row.getObject("cost_nanos", Long.class);
    return nanos == null ? null : Money.usd(nanos);
  }

  private static @Nullable Object value(ResultSet row, int column) throws SQLException {
    String name = COLUMNS.get(column - 1);
    if (name.endsWith("_at")) {
      OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
      Instant instant = moment == null ? null : moment.toInstant();
      return instant == null ? null : instant.toString();
    }
    if (name.endsWith("_tokens") || name.endsWith("_nanos") || name.equals("images")) {
      return row.getObject(column, Long.class);
    }
    return name.equals("simulated") ? (Object) row.getBoolean(column) : row.getString(column);
  }
}
