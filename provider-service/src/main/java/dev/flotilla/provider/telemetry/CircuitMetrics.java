package dev.flotilla.provider.telemetry;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.metrics.LabelledCounter;
import dev.flotilla.provider.resilience.Lanes;
import java.util.List;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/**
 * Shows the state of each configured model's circuit, from the start on, and counts the calls it
 * and the limits of the provider kept away. Thread-safe.
 */
public final class CircuitMetrics {
  private final LabelledCounter refusals;
  private final LabelledCounter throttled;

  public CircuitMetrics(MetricRegistry registry, Catalog catalog, Lanes lanes) {
    refusals =
        new LabelledCounter(
            registry,
            MetricNames.CIRCUIT_REFUSALS,
            "Calls that were not made because the circuit of their model was open",
            List.of("provider", "model"));
    throttled =
        new LabelledCounter(
            registry,
            MetricNames.PROVIDER_THROTTLED,
            "Calls that were not made because what the provider grants was used up",
            List.of("provider", "model"));
    var state =
        Metadata.builder()
            .withName(MetricNames.CIRCUIT_STATE)
            .withDescription("Circuit of a model: 0 closed, 1 half-open, 2 open")
            .build();
    var gone =
        Metadata.builder()
            .withName(MetricNames.MODEL_GONE)
            .withDescription("Whether the provider of a model does not know it: 0 or 1")
            .build();
    for (Model model : catalog.models()) {
      registry.gauge(
          gone,
          model,
          m -> lanes.isGone(m) ? 1 : 0,
          new Tag("provider", model.provider().id()),
          new Tag("model", model.id()));
      registry.gauge(
          state,
          model,
          m -> lanes.stateOf(m).level(),
          new Tag("provider", model.provider().id()),
          new Tag("model", model.id()));
      refusals.of(model.provider().id(), model.id());
      throttled.of(model.provider().id(), model.id());
    }
  }

  /** Counts a call for which there was no room in what the provider grants. */
  public void throttled(Model model) {
    String label = ModelLabel.of(model.id(), model.provider().simulated());
    throttled.of(model.provider().id(), label).inc();
  }

  /** Counts a call that was refused. */
  public void refused(Model model) {
    String label = ModelLabel.of(model.id(), model.provider().simulated());
    refusals.of(model.provider().id(), label).inc();
  }
}
