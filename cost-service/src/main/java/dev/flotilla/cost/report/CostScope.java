package dev.flotilla.cost.report;

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
  /** {@code where …}, of attempts or decisions. */
  public Query where() {
    return new Query()
        .add(" where started_at >= ? and started_at < ?", from, to)
        .add(Selection.of(this, Map.of(), CountedRows.BOTH).conditions());
  }

  /** The same filters in another range. */
  public CostScope between(Instant start, Instant end) {
    return new CostScope(start, end, team, model, provider, taskType);
  }
}
