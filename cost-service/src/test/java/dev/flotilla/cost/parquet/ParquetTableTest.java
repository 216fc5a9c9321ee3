package dev.flotilla.cost.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.cost.parquet.Column.Kind;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Read by DuckDB, which knows the format and not us. */
class ParquetTableTest {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("name", Kind.TEXT, true),
          new Column("usd", Kind.AMOUNT, false),
          new Column("n", Kind.COUNT, true),
          new Column("began", Kind.MOMENT, false));

  @TempDir Path folder;

  @Test
  void more_rows_than_a_group_holds_come_back_as_they_were_with_their_gaps() throws Exception {
    int rows = 25_000;
    Path file = folder.resolve("many.parquet");
    try (OutputStream out = Files.newOutputStream(file)) {
      var table = new ParquetTable(out, COLUMNS, Map.of("made", "by a test"));
      for (int i = 0; i < rows; i++) {
        table.row(row(i));
      }
      table.finish();
    }
    assertEquals(Integer.toString(rows), ask("select count(*) from '%s'", file));
    assertEquals("by a test", ask("select decode(value) from parquet_kv_metadata('%s')", file));
    assertEquals(
        "0",
        ask(
            """
            with told as (select *, n as i from '%s' where n is not null)
            select count(*) from told
            where usd <> (i - 12000)::decimal(18, 9) / 1000000000 or epoch_ms(began) <> 1790000000000 + i
                or name is distinct from case when i %% 3 = 0 then null else 'Łódź ' || i end""",
            file));
    // Every seventh has no number, and a long stretch has none at all.
    assertEquals(
        Long.toString(IntStream.range(0, rows).filter(i -> row(i).get(2) == null).count()),
        ask("select count(*) from '%s' where n is null", file));
  }

  @Test
  void a_table_without_rows_is_a_table_too() throws Exception {
    Path file = folder.resolve("empty.parquet");
    try (OutputStream out = Files.newOutputStream(file)) {
      new ParquetTable(out, COLUMNS, Map.of()).finish();
    }
    assertEquals("0", ask("select count(*) from '%s'", file));
    assertEquals("4", ask("select count(*) from (describe select * from '%s')", file));
  }

  @Test
  void what_does_not_fit_is_an_error_and_nothing_is_rounded() throws Exception {
    var table = new ParquetTable(new ByteArrayOutputStream(), COLUMNS, Map.of());
    Instant now = Instant.EPOCH;
    assertThrows(
        ArithmeticException.class,
        () -> table.row(Arrays.asList("a", new BigDecimal("0.0000000001"), 1L, now)));
    assertThrows(
        ArithmeticException.class,
        () -> table.row(Arrays.asList("a", new BigDecimal("1e18"), 1L, now)));
    assertThrows(
        IllegalArgumentException.class, () -> table.row(Arrays.asList("a", null, 1L, now)));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> table.row(List.of("a")))
            .getMessage()
            .contains("1 values for 4 columns"));
  }

  private static List<@Nullable Object> row(int i) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(i % 3 == 0 ? null : "Łódź " + i);
    row.add(BigDecimal.valueOf(i - 12_000L, 9));
    row.add(i % 7 == 0 || (i > 11_000 && i < 21_500) ? null : (Long) (long) i);
    row.add(Instant.ofEpochMilli(1_790_000_000_000L + i));
    return row;
  }

  private static String ask(String sql, Path file) throws SQLException {
    try (var duck = DriverManager.getConnection("jdbc:duckdb:");
        var statement = duck.createStatement();
        var rows = statement.executeQuery(sql.formatted(file))) {
      assertTrue(rows.next(), sql);
      return rows.getString(1);
    }
  }
}
