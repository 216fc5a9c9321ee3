package dev.flotilla.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the ledger says was spent, in USD, by model. */
record LedgerTotals(SortedMap<String, Spending> byModel) {
  static final LedgerTotals NONE = new LedgerTotals(Collections.emptySortedMap());

  /**
   * @param unknownUpTo what attempts nobody knows the end of can at most have cost, USD; not part
   *     of {@code cost}
   * @param requests attempts the ledger counts under this model
   * @param cacheHits answers of this model from our cache
   * @param fallbacks answers of this model that needed another one first
   */
  record Spending(
      BigDecimal cost, BigDecimal unknownUpTo, long requests, long cacheHits, long fallbacks) {
    Spending plus(Spending other) {
      return new Spending(
          cost.add(other.cost),
          unknownUpTo.add(other.unknownUpTo),
          requests + other.requests,
          cacheHits + other.cacheHits,
          fallbacks + other.fallbacks);
    }

    Spending minus(Spending other) {
      return new Spending(
          cost.subtract(other.cost),
          unknownUpTo.subtract(other.unknownUpTo),
          requests - other.requests,
          cacheHits - other.cacheHits,
          fallbacks - other.fallbacks);
    }

    boolean isNothing() {
      return cost.signum() == 0
          && unknownUpTo.signum() == 0
          && requests == 0
          && cacheHits == 0
          && fallbacks == 0;
    }
  }

  private static final Spending NOTHING = new Spending(BigDecimal.ZERO, BigDecimal.ZERO, 0, 0, 0);

  static LedgerTotals of(JsonNode page) {
    var totals = new TreeMap<String, Spending>();
    for (var bucket : page.path("data")) {
      for (var result : bucket.path("results")) {
        totals.merge(
            result.path("group").path("model").asText("?"),
            new Spending(
                result.path("amount").path("value").decimalValue(),
                BigDecimal.valueOf(result.path("unknown").path("ceiling_nanos").asLong(), 9),
                result.path("requests").asLong(),
                result.path("cache_hits").asLong(),
                result.path("fallbacks").asLong()),
            Spending::plus);
      }
    }
    return new LedgerTotals(totals);
  }

  LedgerTotals plus(LedgerTotals other) {
    var sum = new TreeMap<>(byModel);
    other.byModel.forEach((model, spending) -> sum.merge(model, spending, Spending::plus));
    return new LedgerTotals(sum);
  }

  /** What came since; models nothing was spent on in between are left out. */
  LedgerTotals since(LedgerTotals earlier) {
    var difference = new TreeMap<String, Spending>();
    byModel.forEach(
        (model, spending) -> {
          var more = spending.minus(earlier.byModel.getOrDefault(model, NOTHING));
          if (!more.isNothing()) {
            difference.put(model, more);
          }
        });
    return new LedgerTotals(difference);
  }

  Spending total() {
    return byModel.values().stream().reduce(NOTHING, Spending::plus);
  }
}
