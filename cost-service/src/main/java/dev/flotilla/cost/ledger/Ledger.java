package dev.flotilla.cost.ledger;

import dev.flotilla.contracts.ledger.BatchReceipt;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.contracts.ledger.RejectedEntry;
import dev.flotilla.cost.pricing.PriceCheck;
import dev.flotilla.kit.postgres.Share;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Every attempt once, whatever is sent how often and by how many at the same time. The rules are
 * those of {@link Fate}; PostgreSQL keeps them too, so that no other way into the table can break
 * them. Thread-safe.
 */
@ApplicationScoped
class Ledger {
  private static final System.Logger LOG = System.getLogger(Ledger.class.getName());
  static final String AMOUNT_CONFLICT = "amount_conflict";

  private final Share writers;
  private final PriceCheck prices;
  private final LedgerMetrics metrics;
  private final SettleSpans spans;

  @Inject
  Ledger(Share writers, PriceCheck prices, LedgerMetrics metrics, SettleSpans spans) {
    this.writers = writers;
    this.prices = prices;
    this.metrics = metrics;
    this.spans = spans;
  }

  /**
   * Writes a batch in one transaction, and says what became of each of its entries as if they had
   * come one after the other.
   */
  BatchReceipt append(List<ReadEntry> batch) {
    List<RejectedEntry> rejected = new ArrayList<>();
    Map<UUID, List<LedgerEntry>> byAttempt = new LinkedHashMap<>();
    for (ReadEntry read : batch) {
      switch (read) {
        case ReadEntry.Invalid(RejectedEntry why) -> rejected.add(why);
        case ReadEntry.Valid(UUID id, LedgerEntry entry) ->
            byAttempt.computeIfAbsent(id, same -> new ArrayList<>(1)).add(entry);
      }
    }
    List<AttemptRow> rows = new ArrayList<>(byAttempt.size());
    byAttempt.forEach((id, entries) -> rows.add(row(id, entries)));
    Map<UUID, Standing> before =
        rows.isEmpty()
            ? Map.of()
            : writers.inTransaction(connection -> AttemptTable.write(connection, rows));

    List<LedgerEntry> accepted = new ArrayList<>();
    int duplicate = 0;
    for (AttemptRow row : rows) {
      Standing standing = before.getOrDefault(row.id(), new Standing.Absent());
      boolean written = false;
      for (LedgerEntry entry : byAttempt.getOrDefault(row.id(), List.of())) {
        switch (Fate.of(entry, standing)) {
          case ACCEPTED -> {
            accepted.add(entry);
            standing = Standing.of(entry);
            written = true;
          }
          case CORRECTS -> {
            // AttemptTable wrote the correction, in the same transaction.
            accepted.add(entry);
            standing = Standing.of(entry);
          }
          case DUPLICATE -> duplicate++;
          case CONFLICT -> rejected.add(conflict(entry, standing));
        }
      }
      if (written && row.price().mismatch()) {
        tellMismatch(row);
      }
    }
    rejected.forEach(metrics::rejected);
    accepted.forEach(metrics::accepted);
    accepted.forEach(spans::settled);
    return new BatchReceipt(accepted.size(), duplicate, List.copyOf(rejected));
  }

  /**
   * Of several entries of one attempt the first that ended it counts: what comes after cannot
   * change it.
   */
  private AttemptRow row(UUID id, List<LedgerEntry> entries) {
    LedgerEntry counts =
        entries.stream()
            .filter(entry -> Standing.of(entry) instanceof Standing.Ended)
            .findFirst()
            .orElse(entries.getFirst());
    return new AttemptRow(id, counts, prices.check(counts));
  }

  private static RejectedEntry conflict(LedgerEntry entry, Standing standing) {
    String message =
        "the ledger has %s for this attempt, the entry says %d nano-dollars; the first amount stays"
            .formatted(
                standing instanceof Standing.Ended(long nanos)
                    ? nanos + " nano-dollars"
                    : "no amount",
                entry.costNanos());
    LOG.log(Level.WARNING, "amount conflict of attempt {0}: {1}", entry.attemptId(), message);
    return new RejectedEntry(entry.attemptId(), AMOUNT_CONFLICT, message);
  }

  private void tellMismatch(AttemptRow row) {
    metrics.priceMismatch();
    LOG.log(
        Level.WARNING,
        "price mismatch of attempt {0}, model {1}, price version {2}: sent {3} nano-dollars, our catalogue says {4}",
        row.id(),
        row.entry().model(),
        row.entry().priceVersion(),
        String.valueOf(row.entry().costNanos()),
        String.valueOf(row.price().repricedNanos()));
  }
}
