package dev.flotilla.kit.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/**
 * One counter per set of label values, found without asking the registry each time. Values must
 * come from configuration or code, never from a request: each new set is a new time series.
 * Thread-safe.
 */
public final class LabelledCounter {
  private final MetricRegistry registry;
  private final Metadata metadata;
  private final List<String> labels;
  private final Map<List<String>, Counter> counters = new ConcurrentHashMap<>();

  /**
   * @param name without {@code _total}, which MicroProfile Metrics appends
   */
  public LabelledCounter(
      MetricRegistry registry, String name, String description, List<String> labels) {
    this.registry = registry;
    this.metadata = Metadata.builder().withName(name).withDescription(description).build();
    this.labels = List.copyOf(labels);
  }

  /**
   * The counter for these values, in the order of the labels; it exists, at 0, from the first call
   * on.
   */
  public Counter of(String... values) {
    return counters.computeIfAbsent(List.of(values), this::register);
  }

  private Counter register(List<String> values) {
    if (values.size() != labels.size()) {
      throw new IllegalArgumentException(
          metadata.getName() + " has the labels " + labels + ", not " + values);
    }
    Tag[] tags = new Tag[labels.size()];
    for (int i = 0; i < tags.length; i++) {
      tags[i] = new Tag(labels.get(i), values.get(i));
    }
    return registry.counter(metadata, tags);
  }
}
