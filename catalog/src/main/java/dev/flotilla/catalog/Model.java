package dev.flotilla.catalog;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;

/**
 * A model that can be asked.
 *
 * @param id {@code provider/name}, unique in the catalogue
 * @param upstream what the provider itself calls it
 * @param family models of one family share their training; reviewers must not share it with authors
 * @param contextTokens most tokens of input and output together, at least 1
 * @param maxOutputTokens most tokens it can answer with, at least 1
 * @param inputs modalities it understands, e.g. {@code text}, {@code image}
 * @param supports features it has, e.g. {@code tools}, {@code json_schema}
 * @param prices at least one, oldest first
 */
public record Model(
    String id,
    Provider provider,
    String upstream,
    String family,
    long contextTokens,
    long maxOutputTokens,
    Set<String> inputs,
    Set<String> supports,
    List<Price> prices) {
  public Model {
    inputs = Set.copyOf(inputs);
    supports = Set.copyOf(supports);
    prices = List.copyOf(prices);
  }

  /**
   * The price that holds at a moment; before the first one the first holds, because a price is
   * never zero.
   */
  public Price priceAt(Instant moment) {
    LocalDate day = moment.atZone(ZoneOffset.UTC).toLocalDate();
    Price holds = prices.getFirst();
    for (Price price : prices) {
      if (!price.from().isAfter(day)) {
        holds = price;
      }
    }
    return holds;
  }

  /** The same simulated model, told to fail in a certain way: {@code sim-north/fast:500}. */
  Model failing(String how) {
    return new Model(
        id + ":" + how,
        provider,
        upstream + ":" + how,
        family,
        contextTokens,
        maxOutputTokens,
        inputs,
        supports,
        prices);
  }
}
