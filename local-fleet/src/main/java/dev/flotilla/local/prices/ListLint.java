package dev.flotilla.local.prices;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.CatalogException;
import dev.flotilla.catalog.PriceFinding;
import dev.flotilla.catalog.PriceFinding.Kind;
import dev.flotilla.catalog.PriceLint;
import dev.flotilla.catalog.PriceReader;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is odd about a public list. */
final class ListLint {
  private ListLint() {}

  /** In the order of the list. */
  static List<PriceFinding> check(PublicList list, LocalDate today) {
    var findings = new ArrayList<PriceFinding>();
    for (Listing listing : list.models().values()) {
      dates(listing, today, findings);
      if (listing.converses()) {
        prices(list, listing, findings);
      }
    }
    return findings;
  }

  private static void prices(PublicList list, Listing listing, List<PriceFinding> findings) {
    Optional<ObjectNode> written = listing.price(false);
    if (written.isEmpty()) {
      findings.add(
          new PriceFinding(listing.id(), Kind.NO_PRICE, "input or output have no price, or 0"));
      return;
    }
    if (listing.saysItCaches() && listing.usd("cache_read_input_token_cost") == null) {
      findings.add(
          new PriceFinding(
              listing.id(),
              Kind.NO_CACHE_PRICE,
              "it caches prompts, and reading them has no price"));
    }
    ObjectNode price = written.get();
    price.put("from", list.day().toString()).put("source", list.source());
    ArrayNode prices = JsonNodeFactory.instance.arrayNode().add(price);
    try {
      findings.addAll(PriceLint.check(listing.id(), PriceReader.prices(listing.id(), prices)));
    } catch (CatalogException e) {
      findings.add(new PriceFinding(listing.id(), Kind.TOO_FINE, String.valueOf(e.getMessage())));
    }
  }

  private static void dates(Listing listing, LocalDate today, List<PriceFinding> findings) {
    String written = listing.goneFrom();
    if (written == null) {
      return;
    }
    try {
      LocalDate gone = LocalDate.parse(written);
      if (!gone.isAfter(today)) {
        findings.add(
            new PriceFinding(listing.id(), Kind.DISCONTINUED, "it was to be gone by " + gone));
      }
    } catch (DateTimeException e) {
      findings.add(
          new PriceFinding(
              listing.id(),
              Kind.ODD_DATE,
              "deprecation_date is '" + written + "', which is no day"));
    }
  }
}
