package dev.flotilla.router.pipeline;

import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.loading.PipelineLoader;
import dev.flotilla.pipelines.recent.Recent;
import dev.flotilla.router.pipeline.interpreter.Definitions;
import java.util.HashMap;
import java.util.Map;

/**
 * The definitions that runs keep of themselves, read again; the latest are remembered, because
 * reading one takes longer than a step. Thread-safe.
 */
final class Snapshots implements Definitions {
  private static final int REMEMBERED = 256;

  private final Recent<String, Pipeline> bySource = new Recent<>(REMEMBERED);

  @Override
  public Map<String, Pipeline> of(String json) {
    var pipelines = new HashMap<String, Pipeline>();
    RunJson.read(json)
        .properties()
        .forEach(
            definition ->
                pipelines.put(definition.getKey(), pipeline(definition.getValue().asText())));
    return Map.copyOf(pipelines);
  }

  private Pipeline pipeline(String source) {
    Pipeline known = bySource.get(source);
    if (known != null) {
      return known;
    }
    // Not under a lock: two may read the same, and both are right.
    Pipeline read = PipelineLoader.again(source);
    bySource.keep(source, read);
    return read;
  }
}
