package dev.flotilla.cost.report;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which rows a report is about. A null filter lets everything through.
 *
 * @param from first moment, by the attempts' start
 * @param to first moment that is no longer in it
 * @param team set for whoever may see only one team
 */
public record CostScope(
    Instant from,
    Instant to,
    @Nullable String team,
    @Nullable String model,
    @Nullable String provider,
    @Nullable String taskType) {
  /** Of attempts and of decisions: their columns have the same names. */
  static final String SQL =
      """
       where started_at >= ? and started_at < ?
        and (?::text is null or team = ?)
        and (?::text is null or model = ?)
        and (?::text is null or provider = ?)
        and (?::text is null or task_type = ?)""";

  /**
   * Sets the parameters of {@link #SQL}.
   *
   * @param first number of its first parameter
   * @return number of the parameter after its last
   */
  int fill(PreparedStatement statement, int first) throws SQLException {
    int at = first;
    statement.setTimestamp(at++, Timestamp.from(from));
    statement.setTimestamp(at++, Timestamp.from(to));
    for (@Nullable String filter : new @Nullable String[] {team, model, provider, taskType}) {
      statement.setString(at++, filter);
      statement.setString(at++, filter);
    }
    return at;
  }

  /** {@code where …}, of attempts or decisions. */
  public Query where() {
    return new Query()
        .add(" where started_at >= ? and started_at < ?", from, to)
        .add(Selection.of(this, Map.of(), CountedRows.BOTH).conditions());
  }

  CostScope between(Instant start, Instant end) {
    return new CostScope(start, end, team, model, provider, taskType);
  }
}
