package dev.flotilla.router.pipeline.journal;

import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.metrics.LabelledCounter;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.MetricUnits;
import org.eclipse.microprofile.metrics.Tag;

/** How runs end, and how long tries of their steps take. Thread-safe. */
public final class RunMetrics {
  private static final Metadata STEP =
      Metadata.builder()
          .withName(MetricNames.PIPELINE_STEP)
          .withDescription("Tries of steps, from their beginning to what came of them")
          .withUnit(MetricUnits.SECONDS)
          .build();

  private final MetricRegistry registry;
  private final LabelledCounter runs;

  public RunMetrics(MetricRegistry registry) {
    this.registry = registry;
    this.runs =
        new LabelledCounter(
            registry,
            MetricNames.PIPELINE_RUNS,
            "Runs that this process brought to their end, by how they ended",
            List.of("pipeline", "status"));
  }

  /**
   * @param status {@code completed failed cancelled expired}
   */
  void ended(String pipeline, String status) {
    runs.of(pipeline, status).inc();
  }

  /**
   * @param step its place in the pipeline, without items of lists
   */
  public void tried(String pipeline, String step, Duration took) {
    registry.timer(STEP, new Tag("pipeline", pipeline), new Tag("step", step)).update(took);
  }
}
