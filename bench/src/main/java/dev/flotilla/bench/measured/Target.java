package dev.flotilla.bench.measured;

import java.util.List;
import java.util.Map;

/** Something that answers chat completions by asking the upstream once. Closing it ends it. */
public interface Target extends AutoCloseable {
  String name();

  /** Where chat completions are asked for. */
  String url();

  default Map<String, String> headers() {
    return Map.of();
  }

  /** The processes whose CPU and memory are counted, by name; empty for the upstream itself. */
  Map<String, List<Long>> processes();

  /** Processes it needs that are not ours, whose CPU is shown beside. */
  default Map<String, List<Long>> stores() {
    return Map.of();
  }

  @Override
  void close();
}
