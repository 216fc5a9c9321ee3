package dev.flotilla.cost.report;

import dev.flotilla.catalog.Money;
import dev.flotilla.cost.currency.Rate;
import dev.flotilla.cost.currency.Rates;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Amounts of buckets in a second currency, each day at its own rate. One thread.
 *
 * @see Rates where the rates come from
 */
final class LocalAmounts {
  private record Place(Instant bucket, Map<String, @Nullable String> group, boolean simulated) {}

  /** A sum in the making. */
  private static final class Sum {
    BigDecimal value = BigDecimal.ZERO;
    final Set<Rate> rates = new TreeSet<>((a, b) -> a.date().compareTo(b.date()));
  }

  private final String currency;
  private final Map<Place, Sum> sums = new LinkedHashMap<>();

  /**
   * @param days the same groups by day, or by a shorter span
   * @param width what the days are added up to
   */
  LocalAmounts(
      String currency, Rates rates, BucketWidth width, Map<Instant, List<CostResult>> days) {
    this.currency = currency;
    days.forEach(
        (at, results) -> {
          LocalDate day = LocalDate.ofInstant(at, ZoneOffset.UTC);
          Rate rate = rates.of(currency, day).orElseThrow(() -> unknown(currency, day, rates));
          for (CostResult result : results) {
            Sum sum =
                sums.computeIfAbsent(
                    new Place(width.startOf(at), result.group(), result.simulated()),
                    p -> new Sum());
            sum.value = sum.value.add(Money.usd(result.costNanos()).multiply(rate.rate()));
            sum.rates.add(rate);
          }
        });
  }

  /** The results of a bucket, each with its amount. */
  List<CostResult> beside(Instant bucket, List<CostResult> results) {
    List<CostResult> both = new ArrayList<>(results.size());
    for (CostResult result : results) {
      Sum sum = sums.get(new Place(bucket, result.group(), result.simulated()));
      both.add(
          sum == null
              ? result
              : result.with(
                  new CostResult.LocalAmount(sum.value, currency, List.copyOf(sum.rates))));
    }
    return List.copyOf(both);
  }

  private static ProblemException unknown(String currency, LocalDate day, Rates rates) {
    return new ProblemException(
        Problem.invalid(
            "no_rate",
            "There is no rate of "
                + currency
                + " for "
                + day
                + "; rates.csv has "
                + (rates.currencies().isEmpty() ? "none" : String.join(", ", rates.currencies()))
                + ".",
            "currency"));
  }
}
