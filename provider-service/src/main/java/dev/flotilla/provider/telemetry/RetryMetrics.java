package dev.flotilla.provider.telemetry;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.metrics.LabelledCounter;
import java.util.List;
import org.eclipse.microprofile.metrics.MetricRegistry;

/** Counts retries by what they followed, and those nobody could afford any more. Thread-safe. */
public final class RetryMetrics {
  private static final List<String> OUTCOMES =
      List.of(Outcomes.CONNECT, Outcomes.OVERLOADED, Outcomes.RATE_LIMITED, Outcomes.SERVER_ERROR);

  private final LabelledCounter retries;
  private final LabelledCounter unaffordable;

  public RetryMetrics(MetricRegistry registry, Catalog catalog) {
    retries =
        new LabelledCounter(
            registry,
            MetricNames.RETRIES,
            "Attempts that were made again at the same model, by how the one before ended",
            List.of("provider", "model", "outcome"));
    unaffordable =
        new LabelledCounter(
            registry,
            MetricNames.RETRY_BUDGET_SPENT,
            "Retries that were not made because all calls together had retried enough",
            List.of("provider", "model"));
    for (Model model : catalog.models()) {
      for (String outcome : OUTCOMES) {
        retries.of(model.provider().id(), model.id(), outcome);
      }
      unaffordable.of(model.provider().id(), model.id());
    }
  }

  /**
   * Counts an attempt that is about to be made again.
   *
   * @param outcome of the one that failed
   */
  public void retried(Model model, String outcome) {
    retries.of(model.provider().id(), label(model), outcome).inc();
  }

  /** Counts a retry that was not made. */
  public void budgetSpent(Model model) {
    unaffordable.of(model.provider().id(), label(model)).inc();
  }

  private static String label(Model model) {
    return ModelLabel.of(model.id(), model.provider().simulated());
  }
}
