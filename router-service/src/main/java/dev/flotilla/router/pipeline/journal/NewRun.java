package dev.flotilla.router.pipeline.journal;

import dev.flotilla.kit.identity.Caller;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run to be admitted; see {@link LoadedRun} for what the fields hold.
 *
 * @param caller JSON, see {@link RunCaller}
 * @param owner whose team may see it
 * @param webhook name of the target that is told of its end; null when nobody is
 * @param admissionKey the same for an order that is sent again; null when it can't be told
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
    @Nullable Instant deadline,
    @Nullable String admissionKey,
    @Nullable String webhook) {}
