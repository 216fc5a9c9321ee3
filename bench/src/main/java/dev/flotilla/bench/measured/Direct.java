package dev.flotilla.bench.measured;

import java.util.List;
import java.util.Map;

/** Nobody in between: what is added is told by the difference to it. */
public record Direct(String url) implements Target {
  @Override
  public String name() {
    return "direct";
  }

  @Override
  public Map<String, List<Long>> processes() {
    return Map.of();
  }

  @Override
  public void close() {}
}
