package dev.flotilla.router.pipeline;

import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.loading.PipelineLoader;
import dev.flotilla.router.pipeline.interpreter.Definitions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The definitions that runs keep of themselves, read again; the latest are remembered, because
 * reading one takes longer than a step. Thread-safe.
 */
final class Snapshots implements Definitions {
  private static final int REMEMBERED = 256;

  private final Map<String, Pipeline> bySource =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Pipeline> eldest) {
          return size() > REMEMBERED;
        }
      };

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
    synchronized (bySource) {
      Pipeline known = bySource.get(source);
      if (known != null) {
        return known;
      }
    }
    // Outside of the lock: two may read the same, and both are right.
    Pipeline read = PipelineLoader.again(source);
    synchronized (bySource) {
      bySource.put(source, read);
    }
    return read;
  }
}
