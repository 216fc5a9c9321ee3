package dev.flotilla.router.pipeline.journal;

import org.jspecify.annotations.Nullable;

/**
 * A try that is about to be made.
 *
 * @param key the step's path, with items
 * @param number one more than the step's last
 * @param step the path without items
 * @param kind what the step does, e.g. {@code model}
 * @param requestId under which the ledger will have it; null when no model is asked
 * @param promptHash null when no model is asked
 */
public record NewAttempt(
    String key,
    int number,
    String step,
    String kind,
    @Nullable String requestId,
    @Nullable String promptHash) {}
