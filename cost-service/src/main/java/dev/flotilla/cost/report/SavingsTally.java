package dev.flotilla.cost.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Adds up what belongs to one task type, or to all. One thread. */
final class SavingsTally {
  /** Of fewer answers nobody can say that all of their kind are hard. */
  private static final long ENOUGH_TO_CALL_IT_HARD = 20;

  /** A shorter range does not show how much work there is. */
  private static final Duration LONG_ENOUGH = Duration.ofDays(7);

  private static final Duration MONTH = Duration.ofDays(30);
  private static final long FEW_A_MONTH = 100;

  private final Map<Spending, Long> nanos = new EnumMap<>(Spending.class);
  private final Map<Spending, Long> attempts = new EnumMap<>(Spending.class);
  private final Map<String, Long> baselines = new TreeMap<>();
  private long baseline;
  private long byBaseline;
  private long hits;
  private long unpricedHits;
  private long spared;
  private long escalations;

  /** Attempts, and their amount; of unknown ones the ceiling. */
  void spent(Spending on, long count, long amount) {
    attempts.merge(on, count, Math::addExact);
    nanos.merge(on, amount, Math::addExact);
  }

  /**
   * What routed answers would have cost at the baseline.
   *
   * @param model the baseline
   * @param answers how many
   * @param itsOwn those of them that it gave itself
   */
  void baseline(long amount, String model, long answers, long itsOwn) {
    baseline = Math.addExact(baseline, amount);
    byBaseline += itsOwn;
    baselines.merge(model, answers, Math::addExact);
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
    baseline = Math.addExact(baseline, other.baseline);
    byBaseline += other.byBaseline;
    other.baselines.forEach((model, answers) -> baselines.merge(model, answers, Math::addExact));
    hits(other.hits, other.spared);
    unpricedHits += other.unpricedHits;
    escalations(other.escalations);
  }

  /**
   * @param range how long the answers took to come together
   * @param explain left out when null
   */
  Savings.Result result(
      @Nullable String taskType,
      boolean simulated,
      Duration range,
      List<Savings.Result> byTaskType,
      @Nullable Map<String, String> explain) {
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
    String reason = taskType == null ? null : whyNotToRoute(overhead, routed, range);
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
        reason == null ? null : "pin_one_model",
        reason,
        reason == null ? null : mostCompared(),
        byTaskType,
        explain);
  }

  private @Nullable String whyNotToRoute(long overhead, long routed, Duration range) {
    long answers = count(Spending.ROUTED);
    if (answers == 0) {
      return null;
    }
    if (overhead >= routed) {
      return "overhead";
    }
    if (answers >= ENOUGH_TO_CALL_IT_HARD && byBaseline * 10 >= answers * 9) {
      return "uniformly_hard";
    }
    return range.compareTo(LONG_ENOUGH) >= 0
            && answers * MONTH.toSeconds() < FEW_A_MONTH * range.toSeconds()
        ? "too_little_volume"
        : null;
  }

  /** The baseline of most answers; there is one where there are answers. */
  private @Nullable String mostCompared() {
    return baselines.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(null);
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
