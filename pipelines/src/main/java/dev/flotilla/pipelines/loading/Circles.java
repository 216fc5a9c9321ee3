package dev.flotilla.pipelines.loading;

import dev.flotilla.pipelines.definition.Action;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.definition.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Pipelines that call themselves by way of others. Their runs would not end. */
final class Circles {
  private final Map<String, Pipeline> pipelines;
  private final Set<String> visited = new HashSet<>();

  private Circles(Map<String, Pipeline> pipelines) {
    this.pipelines = pipelines;
  }

  /** The steps of a draft that lead back to it. */
  static List<Problem> of(Draft draft, String name, Map<String, Pipeline> pipelines) {
    for (Step step : draft.steps().values()) {
      if (step.action() instanceof Action.SubPipeline(String called, _)) {
        List<String> way = new Circles(pipelines).way(called, name);
        if (!way.isEmpty()) {
          draft
              .findings()
              .problem(
                  draft.place(step.id()).then("pipeline"),
                  "leads back to this pipeline: " + name + " → " + String.join(" → ", way),
                  "let one of them do the work itself");
        }
      }
    }
    return draft.findings().problems();
  }

  /** From one pipeline to another; empty when there is none. */
  private List<String> way(String from, String to) {
    if (from.equals(to)) {
      return List.of(to);
    }
    Pipeline pipeline = pipelines.get(from);
    if (pipeline == null || !visited.add(from)) {
      return List.of();
    }
    for (Step step : pipeline.steps()) {
      if (step.action() instanceof Action.SubPipeline(String called, _)) {
        List<String> rest = way(called, to);
        if (!rest.isEmpty()) {
          var way = new ArrayList<String>();
          way.add(from);
          way.addAll(rest);
          return way;
        }
      }
    }
    return List.of();
  }
}
