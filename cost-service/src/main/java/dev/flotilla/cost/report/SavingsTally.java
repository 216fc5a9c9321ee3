package dev.flotilla.cost.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adds up what belongs to one task type, or to all. One thread. */
final class SavingsTally {
  private final Map<Spending, Long> nanos = new EnumMap<>(Spending.class);
  private final Map<Spending, Long> attempts = new EnumMap<>(Spending.class);
  private long baseline;
  private long hits;
  private long unpricedHits;
  private long spared;
  private long escalations;

  /** Attempts, and their amount; of unknown ones the ceiling. */
  void spent(Spending on, long count, long amount) {
    attempts.merge(on, count, Math::addExact);
    nanos.merge(on, amount, Math::addExact);
  }

  /** What routed answers would have cost at the baseline. */
  void baseline(long amount) {
    baseline = Math.addExact(baseline, amount);
  }

  /** Hits, and what it would have cost to ask again. */
  void hits(long count, long amount) {
    hits += count;
    spared = Math.addExact(spared, amount);
  }

  void unpricedHits(long count) {
    hits += count;
    unpricedHits += count;
  }

  void escalations(long count) {
    escalations += count;
  }

  void add(SavingsTally other) {
    other.nanos.forEach((on, amount) -> spent(on, other.count(on), amount));
    baseline(other.baseline);
    hits(other.hits, other.spared);
    unpricedHits += other.unpricedHits;
    escalations(other.escalations);
  }

  Savings.Result result(
      @Nullable String taskType, boolean simulated, List<Savings.Result> byTaskType) {
    long routed = Math.subtractExact(baseline, amount(Spending.ROUTED));
    long overhead =
        amount(Spending.FAILED)
            + amount(Spending.ESCALATION)
            + amount(Spending.CLASSIFIER)
            + amount(Spending.REVIEW)
            + amount(Spending.SHADOW)
            + amount(Spending.UNKNOWN);
    long saved = Math.subtractExact(Math.addExact(routed, spared), overhead);
    long otherwise = Math.addExact(baseline, spared);
    boolean routingPays = taskType == null || count(Spending.ROUTED) == 0 || overhead < routed;
    return new Savings.Result(
        taskType,
        simulated,
        new Savings.Routing(
            count(Spending.ROUTED),
            Savings.Dollars.of(baseline),
            dollars(Spending.ROUTED),
            Savings.Dollars.of(routed)),
        new Savings.Cache(hits, unpricedHits, Savings.Dollars.of(spared)),
        new Savings.Overhead(
            Savings.Dollars.of(overhead),
            dollars(Spending.FAILED),
            dollars(Spending.ESCALATION),
            dollars(Spending.CLASSIFIER),
            dollars(Spending.REVIEW),
            dollars(Spending.SHADOW),
            dollars(Spending.UNKNOWN)),
        escalations,
        new Savings.Group(count(Spending.NAMED), dollars(Spending.NAMED)),
        new Savings.Group(count(Spending.NOT_COMPARED), dollars(Spending.NOT_COMPARED)),
        Savings.Dollars.of(saved),
        otherwise == 0
            ? null
            : BigDecimal.valueOf(saved)
                .divide(BigDecimal.valueOf(otherwise), 4, RoundingMode.HALF_EVEN),
        routingPays ? null : "pin_one_model",
        byTaskType);
  }

  private long amount(Spending on) {
    return nanos.getOrDefault(on, 0L);
  }

  private long count(Spending on) {
    return attempts.getOrDefault(on, 0L);
  }

  private Savings.Dollars dollars(Spending on) {
    return Savings.Dollars.of(amount(on));
  }
}
