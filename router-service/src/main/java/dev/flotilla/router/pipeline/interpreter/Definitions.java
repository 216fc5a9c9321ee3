package dev.flotilla.router.pipeline.interpreter;

import dev.flotilla.pipelines.definition.Pipeline;
import java.util.Map;

/** Reads the definitions a run keeps of itself. */
@FunctionalInterface
public interface Definitions {
  /**
   * Pipelines by name.
   *
   * @param json object: YAML by name
   */
  Map<String, Pipeline> of(String json);
}
