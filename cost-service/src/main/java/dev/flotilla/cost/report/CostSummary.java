package dev.flotilla.cost.report;

import java.time.Instant;
import java.util.List;

/**
 * One screen: what this day or month has cost so far.
 *
 * @param total everything in the period
 * @param topModels at most five, dearest first
 * @param simulated whether these are invented answers, because there are no real ones
 */
record CostSummary(
    String object,
    String period,
    long startTime,
    long endTime,
    CostResult.Amount spentToday,
    CostResult.Amount spentThisMonth,
    CostResult total,
    List<CostResult> topModels,
    boolean simulated,
    Instant generatedAt) {}
