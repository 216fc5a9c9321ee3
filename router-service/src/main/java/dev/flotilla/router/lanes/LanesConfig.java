package dev.flotilla.router.lanes;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import dev.flotilla.router.exchange.TaskType;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * @param most requests answered at once, at least 1
 * @param reserved share of {@code most} that only this kind of work may use; the rest is
 *     everybody's
 * @param mostWaiting requests that may wait for a place, of all kinds together; 0 and more
 * @param patience how long they wait
 */
public record LanesConfig(
    int most, Map<TaskType, Double> reserved, int mostWaiting, Duration patience) {
  public LanesConfig {
    reserved = Map.copyOf(reserved);
    double sum = reserved.values().stream().mapToDouble(Double::doubleValue).sum();
    if (sum > 1) {
      throw new ConfigurationException(
          "the shares flotilla.lanes.reserved.* come to "
              + sum
              + "; write shares that come to 1 or less, what is left is for all kinds of work");
    }
  }

  public static LanesConfig from(Settings settings) {
    var reserved = new EnumMap<TaskType, Double>(TaskType.class);
    for (TaskType type : TaskType.values()) {
      reserved.put(type, settings.fraction("flotilla.lanes.reserved." + type.word()));
    }
    return new LanesConfig(
        Math.toIntExact(settings.number("flotilla.lanes.most-in-flight", 1, 1_000_000)),
        reserved,
        Math.toIntExact(settings.number("flotilla.lanes.most-waiting", 0, 1_000_000)),
        settings.duration("flotilla.lanes.patience"));
  }

  int reservedFor(TaskType type) {
    return (int) (most * reserved.getOrDefault(type, 0.0));
  }
}
