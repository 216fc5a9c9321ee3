package dev.flotilla.cost.parquet;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A flat table as a Parquet file, version 1 of the format: plain values, compressed with gzip,
 * which every reader knows. Rows are held until {@link #ROWS_PER_GROUP} of them are together, so
 * memory does not grow with the file, but for some hundred bytes per group and column. One thread.
 */
public final class ParquetTable {
  /** Digits after the point of an amount: nano-dollars. */
  static final int AMOUNT_SCALE = 9;

  private static final int ROWS_PER_GROUP = 10_000;

  /** What fits into eight bytes, as the format counts it. */
  private static final int AMOUNT_PRECISION = 18;

  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final int PLAIN = 0;
  private static final int RLE = 3;
  private static final int GZIP = 2;

  /** Where a column's values of one group are. */
  private record Chunk(long offset, int compressed, int uncompressed) {}

  private record Group(List<Chunk> chunks, int rows) {}

  private final OutputStream out;
  private final List<Column> columns;
  private final Map<String, String> facts;
  private final List<Group> groups = new ArrayList<>();
  private List<ColumnPage> pages;
  private int rows;
  private long position;

  /**
   * @param out closed by nobody here
   * @param facts what the file says about itself besides
   */
  public ParquetTable(OutputStream out, List<Column> columns, Map<String, String> facts)
      throws IOException {
    this.out = out;
    this.columns = List.copyOf(columns);
    this.facts = new TreeMap<>(facts);
    this.pages = empty();
    write(MAGIC);
  }

  /**
   * @param values one for each column, in their order
   */
  public void row(List<? extends @Nullable Object> values) throws IOException {
    if (values.size() != columns.size()) {
      throw new IllegalArgumentException(
          values.size() + " values for " + columns.size() + " columns");
    }
    for (int i = 0; i < values.size(); i++) {
      pages.get(i).add(values.get(i));
    }
    rows++;
    if (rows == ROWS_PER_GROUP) {
      endGroup();
    }
  }

  /** Without this the file cannot be read: its description stands at its end. */
  public void finish() throws IOException {
    if (rows > 0) {
      endGroup();
    }
    byte[] description = description();
    write(description);
    write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(description.length).array());
    write(MAGIC);
  }

  private void endGroup() throws IOException {
    List<Chunk> chunks = new ArrayList<>();
    for (ColumnPage page : pages) {
      byte[] plain = page.plain();
      byte[] compressed = ColumnPage.compressed(plain);
      byte[] header =
          new Thrift()
              .number(1, 0)
              .number(2, plain.length)
              .number(3, compressed.length)
              .begin(5)
              .number(1, rows)
              .number(2, PLAIN)
              .number(3, RLE)
              .number(4, RLE)
              .end()
              .toBytes();
      chunks.add(
          new Chunk(position, header.length + compressed.length, header.length + plain.length));
      write(header);
      write(compressed);
    }
    groups.add(new Group(List.copyOf(chunks), rows));
    pages = empty();
    rows = 0;
  }

  private List<ColumnPage> empty() {
    return columns.stream().map(ColumnPage::new).toList();
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    position += bytes.length;
  }

  /** Field numbers are those of the format's {@code parquet.thrift}. */
  private byte[] description() {
    var thrift = new Thrift().number(1, 1).structures(2, columns.size() + 1);
    thrift.begin().text(4, "table").number(5, columns.size()).end();
    columns.forEach(column -> describe(thrift, column));
    thrift.number(3, groups.stream().mapToLong(Group::rows).sum()).structures(4, groups.size());
    groups.forEach(group -> describe(thrift, group));
    thrift.structures(5, facts.size());
    facts.forEach((key, value) -> thrift.begin().text(1, key).text(2, value).end());
    return thrift.text(6, "flotilla").toBytes();
  }

  private static void describe(Thrift thrift, Column column) {
    thrift
        .begin()
        .number(1, column.kind().physical)
        .number(3, column.nullable() ? 1 : 0)
        .text(4, column.name());
    switch (column.kind()) {
      case TEXT -> thrift.number(6, 0).begin(10).begin(1).end().end();
      case AMOUNT ->
          thrift
              .number(6, 5)
              .number(7, AMOUNT_SCALE)
              .number(8, AMOUNT_PRECISION)
              .begin(10)
              .begin(5)
              .number(1, AMOUNT_SCALE)
              .number(2, AMOUNT_PRECISION)
              .end()
              .end();
      case COUNT -> {}
      case MOMENT ->
          thrift.number(6, 9).begin(10).begin(8).yes(1).begin(2).begin(1).end().end().end().end();
    }
    thrift.end();
  }

  private void describe(Thrift thrift, Group group) {
    thrift.begin().structures(1, columns.size());
    long bytes = 0;
    for (int i = 0; i < columns.size(); i++) {
      Chunk chunk = group.chunks().get(i);
      bytes += chunk.uncompressed();
      thrift
          .begin()
          .number(2, chunk.offset())
          .begin(3)
          .number(1, columns.get(i).kind().physical)
          .numbers(2, PLAIN, RLE)
          .texts(3, columns.get(i).name())
          .number(4, GZIP)
          .number(5, (long) group.rows())
          .number(6, (long) chunk.uncompressed())
          .number(7, (long) chunk.compressed())
          .number(9, chunk.offset())
          .end()
          .end();
    }
    thrift.number(2, bytes).number(3, (long) group.rows()).end();
  }
}
