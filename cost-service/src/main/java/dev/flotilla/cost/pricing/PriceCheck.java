package dev.flotilla.cost.pricing;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Price;
import dev.flotilla.catalog.ServiceTier;
import dev.flotilla.catalog.Usage;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.contracts.ledger.EntryState;
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
    return catalog
        .find(entry.model())
        // The provider charges for what it served, whatever was asked.
        .map(asked -> catalog.charged(asked, entry.servedModel()))
        .map(model -> verdict(model.priceAt(entry.startedAt()), sent, entry))
        .orElse(PriceVerdict.UNCHECKED);
  }

  /** An entry does not say in which service it was given, so the amount of any of them is right. */
  private static PriceVerdict verdict(Price price, long sent, LedgerEntry entry) {
    for (ServiceTier tier : ServiceTier.values()) {
      Long nanos = price.under(tier).map(one -> nanos(one, entry)).orElse(null);
      if (nanos != null && nanos == sent) {
        return PriceVerdict.of(sent, nanos);
      }
    }
    if (entry.estimated() && sent >= entry.ceilingNanos()) {
      // Something of it had no price, so its ceiling was charged.
      return PriceVerdict.UNCHECKED;
    }
    Long standard = nanos(price, entry);
    return standard == null ? PriceVerdict.UNCHECKED : PriceVerdict.of(sent, standard);
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
              zero(u.reasoning()),
              zero(u.audioIn()),
              zero(u.audioOut()),
              zero(u.images()),
              // What was never sent costs nothing, not even for being a request.
              entry.state().equals(EntryState.VOID) ? 0 : 1));
    } catch (ArithmeticException tooLargeOrUnpriced) {
      return null;
    }
  }

  private static long zero(@Nullable Long count) {
    return count == null ? 0 : count;
  }
}
