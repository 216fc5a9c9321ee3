package dev.flotilla.router.pipeline.journal;

import dev.flotilla.kit.identity.Caller;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run to be admitted; see {@link LoadedRun} for what the fields hold.
 *
 * @param caller JSON, see {@link RunCaller}
 * @param owner whose team may see it
 */
public record NewRun(
    String id,
    Caller owner,
    String pipeline,
    String version,
    String definitions,
    String caller,
    String requestId,
    String traceparent,
    String input,
    String metadata,
    boolean streams,
    @Nullable Long maxCostNanos,
    @Nullable Instant deadline) {}
