package dev.flotilla.router.batch;

import dev.flotilla.router.pipeline.journal.RunCaller;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What whoever works on a batch needs to know of it.
 *
 * @param caller on whose account
 * @param traceparent of the request that handed it in
 * @param maxCostNanos null for no limit
 * @param spentNanos what is known to have been paid, and the most of what is not known
 * @param expiresAt nothing more is begun from then on
 * @param begins whether further items are begun; otherwise it only waits for those at work
 */
record Batch(
    String id,
    String team,
    Endpoint endpoint,
    RunCaller caller,
    String traceparent,
    int concurrency,
    boolean stopOnError,
    @Nullable Long maxCostNanos,
    long spentNanos,
    Instant expiresAt,
    boolean begins) {}
