package dev.flotilla.provider.telemetry;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.metrics.LabelledCounter;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.MetricUnits;
import org.eclipse.microprofile.metrics.Tag;
import org.eclipse.microprofile.metrics.Timer;
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

  private static final Metadata FIRST_CHUNK =
      Metadata.builder()
          .withName(MetricNames.FIRST_CHUNK)
          .withDescription("Time from a call's beginning to the first chunk of its stream")
          .withUnit(MetricUnits.SECONDS)
          .build();

  private final MetricRegistry registry;
  private final LabelledCounter attempts;
  private final LabelledCounter costs;
  private final LabelledCounter oddities;
  private final LabelledCounter tokens;

  public AttemptMetrics(MetricRegistry registry, Catalog catalog) {
    this.registry = registry;
    attempts =
        new LabelledCounter(
            registry,
            MetricNames.PROVIDER_ATTEMPTS,
            "Calls to a model provider by how they ended",
            List.of("provider", "model", "outcome"));
    costs =
        new LabelledCounter(
            registry,
            MetricNames.COST_NANOUSD,
            "Known cost of calls to model providers in nano-dollars",
            List.of("provider", "model", "task_type", "team", "pipeline", "step"));
    tokens =
        new LabelledCounter(
            registry,
            MetricNames.PROVIDER_TOKENS,
            "Tokens of calls to model providers by the bucket they are charged in",
            List.of("provider", "model", "bucket"));
    oddities =
        new LabelledCounter(
            registry,
            MetricNames.PROVIDER_ODDITIES,
            "Answers that were given although something about them is strange, by what it is",
            List.of("provider", "model", "oddity"));
    for (Model model : catalog.models()) {
      if (!model.embeds()) {
        firstChunk(model.provider().id(), model.id());
      }
      for (Oddity oddity : Oddity.values()) {
        oddities.of(model.provider().id(), model.id(), oddity.word());
      }
      for (String bucket : List.of("input", "output")) {
        tokens.of(model.provider().id(), model.id(), bucket);
      }
      for (String outcome : OUTCOMES) {
        attempts.of(model.provider().id(), model.id(), outcome);
      }
    }
  }

  /** Counts an attempt that has ended. */
  public void ended(LedgerEntry entry) {
    String model = ModelLabel.of(entry.model(), entry.simulated());
    attempts.of(entry.provider(), model, or(entry.outcome(), "unknown")).inc();
    AttemptUsage used = entry.usage();
    count(entry, model, "input", used.input());
    count(entry, model, "cache_read", used.cacheRead());
    count(entry, model, "cache_write_5m", used.cacheWrite5m());
    count(entry, model, "cache_write_1h", used.cacheWrite1h());
    count(entry, model, "output", used.output());
    count(entry, model, "reasoning", used.reasoning());
    count(entry, model, "audio_in", used.audioIn());
    count(entry, model, "audio_out", used.audioOut());
    Long cost = entry.costNanos();
    if (cost != null && cost > 0) {
      costs
          .of(
              entry.provider(),
              model,
              or(entry.taskType(), ""),
              entry.team(),
              or(entry.pipeline(), ""),
              or(entry.step(), ""))
          .inc(cost);
    }
  }

  private void count(LedgerEntry entry, String model, String bucket, @Nullable Long count) {
    if (count != null && count > 0) {
      tokens.of(entry.provider(), model, bucket).inc(count);
    }
  }

  /** A stream has begun, so long after its call did. */
  public void begun(LedgerEntry entry, Duration took) {
    firstChunk(entry.provider(), ModelLabel.of(entry.model(), entry.simulated())).update(took);
  }

  private Timer firstChunk(String provider, String model) {
    return registry.timer(FIRST_CHUNK, new Tag("provider", provider), new Tag("model", model));
  }

  /** Counts something strange about an attempt. */
  public void odd(LedgerEntry entry, Oddity oddity) {
    String model = ModelLabel.of(entry.model(), entry.simulated());
    oddities.of(entry.provider(), model, oddity.word()).inc();
  }

  private static String or(@Nullable String value, String otherwise) {
    return value == null ? otherwise : value;
  }
}
