package dev.flotilla.cost.report;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A report as it was asked for, checked.
 *
 * @param dimensions in the order they were named; empty for one sum per bucket
 * @param filters what the scope does not filter by
 * @param explain whether each figure comes with the statement that recomputes it
 * @param currency a second one for the amounts; null for dollars alone
 * @param limit buckets per page, at least 1
 * @param first start of the page's first bucket
 */
record CostQuestion(
    CostScope scope,
    Map<Dimension, String> filters,
    BucketWidth width,
    List<Dimension> dimensions,
    SimulatedRows simulated,
    boolean explain,
    @Nullable String currency,
    int limit,
    Instant first) {}
