package dev.flotilla.cost.pricing;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Price;
import dev.flotilla.catalog.Usage;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.contracts.ledger.LedgerEntry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.jspecify.annotations.Nullable;

/**
 * Prices an attempt again, from the version of the catalogue it was priced with. Only that version
 * may judge: a newer price says nothing about an older amount.
 */
@ApplicationScoped
public class PriceCheck {
  private final Catalog catalog;

  @Inject
  PriceCheck(Catalog catalog) {
    this.catalog = catalog;
  }

  /** Never throws for the entry's sake; what cannot be priced is unchecked. */
  public PriceVerdict check(LedgerEntry entry) {
    Long sent = entry.costNanos();
    if (sent == null || !catalog.version().equals(entry.priceVersion())) {
      return PriceVerdict.UNCHECKED;
    }
    AttemptUsage usage = entry.usage();
    if (zero(usage.audioIn()) + zero(usage.audioOut()) + zero(usage.images()) > 0) {
      // The catalogue has no prices for these buckets.
      return PriceVerdict.UNCHECKED;
    }
    return catalog
        .find(entry.model())
        // The provider charges for what it served, whatever was asked.
        .map(asked -> catalog.charged(asked, entry.servedModel()))
        .map(model -> nanos(model.priceAt(entry.startedAt()), entry))
        .map(repriced -> PriceVerdict.of(sent, repriced))
        .orElse(PriceVerdict.UNCHECKED);
  }

  private static @Nullable Long nanos(Price price, LedgerEntry entry) {
    AttemptUsage u = entry.usage();
    try {
      return price.nanos(
          new Usage(
              zero(u.input()),
              zero(u.cacheRead()),
              zero(u.cacheWrite5m()),
              zero(u.cacheWrite1h()),
              zero(u.output()),
              zero(u.reasoning())));
    } catch (ArithmeticException tooLarge) {
      return null;
    }
  }

  private static long zero(@Nullable Long count) {
    return count == null ? 0 : count;
  }
}
