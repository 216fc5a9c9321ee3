package dev.flotilla.pipelines.loading;

import dev.flotilla.catalog.Nearness;
import dev.flotilla.pipelines.definition.Pipeline;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The pipelines of an installation at a moment. Immutable. */
public final class Pipelines {
  private final Map<String, Pipeline> byName;
  private final List<Problem> problems;
  private final List<Problem> warnings;

  Pipelines(Collection<Pipeline> pipelines, List<Problem> problems, List<Problem> warnings) {
    this.byName = new TreeMap<>();
    pipelines.forEach(pipeline -> byName.put(pipeline.name(), pipeline));
    this.problems = List.copyOf(problems);
    this.warnings = List.copyOf(warnings);
  }

  /** No pipelines. */
  public static Pipelines none() {
    return new Pipelines(List.of(), List.of(), List.of());
  }

  public Optional<Pipeline> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** By name. */
  public Collection<Pipeline> all() {
    return List.copyOf(byName.values());
  }

  /** Names near a wrong one, nearest first. */
  public List<String> near(String wrong, int atMost) {
    return Nearness.nearest(wrong, byName.keySet(), atMost);
  }

  /**
   * What is wrong with files. A file with problems is here as it was when it was last good; one
   * that never was is not here.
   */
  public List<Problem> problems() {
    return problems;
  }

  /** What looks wrong in those that are here. */
  public List<Problem> warnings() {
    return warnings;
  }
}
