package dev.flotilla.cost.report;

import java.util.List;

/**
 * A report as it was asked for, checked.
 *
 * @param dimensions in the order they were named; empty for one sum per bucket
 * @param limit buckets per page, at least 1
 * @param page how many buckets are skipped
 */
record CostQuestion(
    CostScope scope,
    BucketWidth width,
    List<Dimension> dimensions,
    SimulatedRows simulated,
    int limit,
    long page) {}
