package dev.flotilla.provider.telemetry;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.metrics.LabelledCounter;
import dev.flotilla.provider.resilience.Breakers;
import java.util.List;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/**
 * Shows the state of each configured model's circuit, from the start on, and counts the calls it
 * kept away. Thread-safe.
 */
public final class CircuitMetrics {
  private final LabelledCounter refusals;

  public CircuitMetrics(MetricRegistry registry, Catalog catalog, Breakers breakers) {
    refusals =
        new LabelledCounter(
            registry,
            MetricNames.CIRCUIT_REFUSALS,
            "Calls that were not made because the circuit of their model was open",
            List.of("provider", "model"));
    var state =
        Metadata.builder()
            .withName(MetricNames.CIRCUIT_STATE)
            .withDescription("Circuit of a model: 0 closed, 1 half-open, 2 open")
            .build();
    for (Model model : catalog.models()) {
      registry.gauge(
          state,
          model,
          m -> breakers.stateOf(m).level(),
          new Tag("provider", model.provider().id()),
          new Tag("model", model.id()));
      refusals.of(model.provider().id(), model.id());
    }
  }

  /** Counts a call that was refused. */
  public void refused(Model model) {
    String label = ModelLabel.of(model.id(), model.provider().simulated());
    refusals.of(model.provider().id(), label).inc();
  }
}
