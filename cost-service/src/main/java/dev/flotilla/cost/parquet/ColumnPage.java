package dev.flotilla.cost.parquet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The values of one column in one group of rows, as they stand in the file. One thread. */
final class ColumnPage {
  private final Column column;
  private final ByteArrayOutputStream values = new ByteArrayOutputStream();

  /** Whether there is a value, as runs of the same: length and 0 or 1. */
  private final ByteArrayOutputStream runs = new ByteArrayOutputStream();

  private int runLength;
  private boolean runPresent;

  ColumnPage(Column column) {
    this.column = column;
  }

  void add(@Nullable Object value) {
    if (column.nullable()) {
      boolean present = value != null;
      if (runLength > 0 && present != runPresent) {
        endRun();
      }
      runPresent = present;
      runLength++;
    }
    if (value != null) {
      put(value);
    } else if (!column.nullable()) {
      throw new IllegalArgumentException(column.name() + " must have a value");
    }
  }

  private void put(Object value) {
    switch (column.kind()) {
      case TEXT -> {
        byte[] text = ((String) value).getBytes(StandardCharsets.UTF_8);
        values.writeBytes(little(4).putInt(text.length).array());
        values.writeBytes(text);
      }
      case AMOUNT ->
          number(
              ((BigDecimal) value)
                  .setScale(ParquetTable.AMOUNT_SCALE)
                  .unscaledValue()
                  .longValueExact());
      case COUNT -> number((Long) value);
      case MOMENT -> number(((Instant) value).toEpochMilli());
    }
  }

  private void number(long value) {
    values.writeBytes(little(8).putLong(value).array());
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void endRun() {
    long rest = (long) runLength << 1;
    while (rest > 0x7f) {
      runs.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    runs.write((int) rest);
    runs.write(runPresent ? 1 : 0);
    runLength = 0;
  }

  /** Levels and values, not compressed yet. */
  byte[] plain() {
    if (!column.nullable()) {
      return values.toByteArray();
    }
    if (runLength > 0) {
      endRun();
    }
    var page = new ByteArrayOutputStream(runs.size() + values.size() + 4);
    page.writeBytes(little(4).putInt(runs.size()).array());
    page.writeBytes(runs.toByteArray());
    page.writeBytes(values.toByteArray());
    return page.toByteArray();
  }

  static byte[] compressed(byte[] plain) {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException("memory can always be written", e);
    }
    return out.toByteArray();
  }
}
