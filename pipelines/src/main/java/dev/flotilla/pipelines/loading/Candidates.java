package dev.flotilla.pipelines.loading;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.pipelines.definition.Target;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which models a step may ask. */
public final class Candidates {
  private Candidates() {}

  /** Best first; empty when nobody knows. */
  public static List<Model> of(Target target, Surroundings surroundings) {
    var models = new LinkedHashSet<Model>();
    switch (target) {
      case Target.Auto() -> surroundings.candidates().values().forEach(models::addAll);
      case Target.ByTaskType(String taskType, List<String> fallbacks) -> {
        models.addAll(surroundings.candidates().getOrDefault(taskType, List.of()));
        add(fallbacks, surroundings, models);
      }
      case Target.ByModel(_, String model, List<String> fallbacks) -> {
        add(List.of(model), surroundings, models);
        add(fallbacks, surroundings, models);
      }
    }
    return List.copyOf(models);
  }

  private static void add(List<String> names, Surroundings surroundings, Set<Model> models) {
    Catalog catalog = surroundings.catalog();
    if (catalog != null) {
      names.forEach(name -> models.addAll(catalog.resolve(name)));
    }
  }
}
