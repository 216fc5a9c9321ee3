package dev.flotilla.router.pipeline;

import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.loading.PipelineLoader;
import java.util.List;
import java.util.Optional;

/** The pipelines of this installation as they are now. Thread-safe. */
public interface Shelf {
  /** By name. */
  List<Pipeline> all();

  Optional<Pipeline> find(String name);

  /** Holds a pipeline against what this installation has. */
  PipelineLoader loader();
}
