package dev.flotilla.cost.ledger;

import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.contracts.ledger.RejectedEntry;
import dev.flotilla.contracts.telemetry.MetricNames;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/**
 * What the ledger counts. Every series is there from the start with 0, so that a rate has something
 * to begin with.
 */
@ApplicationScoped
class LedgerMetrics {
  /** Belongs into {@link MetricNames} with its next change. */
  private final Map<String, Counter> entries;

  private final Map<String, Counter> rejected;
  private final Counter priceMismatches;

  @Inject
  LedgerMetrics(MetricRegistry registry) {
    var entry = metadata(MetricNames.LEDGER_ENTRIES, "Entries written, by the state they brought");
    entries =
        Stream.of(EntryState.UNKNOWN, EntryState.SETTLED, EntryState.ESTIMATED, EntryState.VOID)
            .collect(
                Collectors.toUnmodifiableMap(
                    Function.identity(), s -> registry.counter(entry, new Tag("state", s))));
    var refusal =
        metadata(MetricNames.LEDGER_REJECTED, "Entries the ledger could not take, by reason");
    rejected =
        Stream.of(EntryReader.INVALID, Ledger.AMOUNT_CONFLICT)
            .collect(
                Collectors.toUnmodifiableMap(
                    Function.identity(), c -> registry.counter(refusal, new Tag("code", c))));
    priceMismatches =
        registry.counter(
            metadata(
                MetricNames.LEDGER_PRICE_MISMATCHES,
                "Entries whose amount is not what our own catalogue says"));
  }

  /** Makes the series at start instead of at the first batch. */
  void appear(@Observes @Initialized(ApplicationScoped.class) Object start) {}

  void accepted(LedgerEntry entry) {
    count(entries, entry.state());
  }

  void rejected(RejectedEntry entry) {
    count(rejected, entry.code());
  }

  void priceMismatch() {
    priceMismatches.inc();
  }

  private static void count(Map<String, Counter> counters, String label) {
    Counter counter = counters.get(label);
    if (counter != null) {
      counter.inc();
    }
  }

  private static Metadata metadata(String name, String description) {
    return Metadata.builder().withName(name).withDescription(description).build();
  }
}
