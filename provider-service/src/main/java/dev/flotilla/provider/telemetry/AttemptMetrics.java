package dev.flotilla.provider.telemetry;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.contracts.telemetry.MetricNames;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Counts attempts and their cost. Series of configured models begin at 0: a provider that never
 * failed would otherwise have no ratio. Handles are looked up once. Thread-safe.
 */
public final class AttemptMetrics {
  /** How an attempt can end here; the other words of the list are decided by the router. */
  private static final List<String> OUTCOMES =
      List.of(
          Outcomes.OK,
          Outcomes.CONNECT,
          Outcomes.TIMEOUT,
          Outcomes.RATE_LIMITED,
          Outcomes.OVERLOADED,
          Outcomes.SERVER_ERROR,
          Outcomes.AUTH,
          Outcomes.TRUNCATED,
          Outcomes.CONTEXT_LENGTH,
          Outcomes.CONTENT_FILTER,
          Outcomes.INVALID_OUTPUT,
          Outcomes.REJECTED,
          Outcomes.ABANDONED);

  private static final Metadata ATTEMPTS =
      Metadata.builder()
          .withName(MetricNames.PROVIDER_ATTEMPTS)
          .withDescription("Calls to a model provider by how they ended")
          .build();
  private static final Metadata COST =
      Metadata.builder()
          .withName(MetricNames.COST_NANOUSD)
          .withDescription("Known cost of calls to model providers in nano-dollars")
          .build();

  private final MetricRegistry registry;
  private final Map<AttemptLabels, Counter> attempts = new ConcurrentHashMap<>();
  private final Map<CostLabels, Counter> costs = new ConcurrentHashMap<>();

  private record AttemptLabels(String provider, String model, String outcome) {}

  private record CostLabels(
      String provider, String model, String taskType, String team, String pipeline, String step) {}

  public AttemptMetrics(MetricRegistry registry, Catalog catalog) {
    this.registry = registry;
    for (Model model : catalog.models()) {
      for (String outcome : OUTCOMES) {
        counter(new AttemptLabels(model.provider().id(), model.id(), outcome));
      }
    }
  }

  /** Counts an attempt that has ended. */
  public void ended(LedgerEntry entry) {
    String model = withoutSuffix(entry);
    counter(new AttemptLabels(entry.provider(), model, or(entry.outcome(), "unknown"))).inc();
    Long cost = entry.costNanos();
    if (cost != null && cost > 0) {
      counter(
              new CostLabels(
                  entry.provider(),
                  model,
                  or(entry.taskType(), ""),
                  entry.team(),
                  or(entry.pipeline(), ""),
                  or(entry.step(), "")))
          .inc(cost);
    }
  }

  private Counter counter(AttemptLabels labels) {
    return attempts.computeIfAbsent(
        labels,
        l ->
            registry.counter(
                ATTEMPTS,
                new Tag("provider", l.provider()),
                new Tag("model", l.model()),
                new Tag("outcome", l.outcome())));
  }

  private Counter counter(CostLabels labels) {
    return costs.computeIfAbsent(
        labels,
        l ->
            registry.counter(
                COST,
                new Tag("provider", l.provider()),
                new Tag("model", l.model()),
                new Tag("task_type", l.taskType()),
                new Tag("team", l.team()),
                new Tag("pipeline", l.pipeline()),
                new Tag("step", l.step())));
  }

  /** A simulated failure is the same model to a dashboard. */
  private static String withoutSuffix(LedgerEntry entry) {
    int colon = entry.simulated() ? entry.model().lastIndexOf(':') : -1;
    return colon < 0 ? entry.model() : entry.model().substring(0, colon);
  }

  private static String or(@Nullable String value, String otherwise) {
    return value == null ? otherwise : value;
  }
}
