package dev.flotilla.cost.row;

import dev.flotilla.contracts.ledger.AttemptUsage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The columns every table keeps a usage in, one per bucket; null means not reported. */
public final class UsageColumns {
  /** In the order of the record's components. */
  public static final List<String> NAMES =
      List.of(
          "input_tokens",
          "cache_read_tokens",
          "cache_write_5m_tokens",
          "cache_write_1h_tokens",
          "output_tokens",
          "reasoning_tokens",
          "audio_in_tokens",
          "audio_out_tokens",
          "images");

  private UsageColumns() {}

  /** The counts of a usage by column, in their order. */
  public static Map<String, @Nullable Long> counts(AttemptUsage usage) {
    Map<String, @Nullable Long> counts = new LinkedHashMap<>();
    Iterator<String> names = NAMES.iterator();
    for (@Nullable Long count :
        new @Nullable Long[] {
          usage.input(),
          usage.cacheRead(),
          usage.cacheWrite5m(),
          usage.cacheWrite1h(),
          usage.output(),
          usage.reasoning(),
          usage.audioIn(),
          usage.audioOut(),
          usage.images()
        }) {
      counts.put(names.next(), count);
    }
    return counts;
  }

  /** The usage of the current row. */
  public static AttemptUsage read(ResultSet row) throws SQLException {
    return new AttemptUsage(
        count(row, 0),
        count(row, 1),
        count(row, 2),
        count(row, 3),
        count(row, 4),
        count(row, 5),
        count(row, 6),
        count(row, 7),
        count(row, 8));
  }

  private static @Nullable Long count(ResultSet row, int bucket) throws SQLException {
    return row.getObject(NAMES.get(bucket), Long.class);
  }
}
