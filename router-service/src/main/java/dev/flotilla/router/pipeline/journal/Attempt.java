package dev.flotilla.router.pipeline.journal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One try of a step, as far as going on with the run depends on it.
 *
 * @param key a path such as {@code copy[3]} or {@code sub/plan}
 * @param number from 1
 * @param round of the run in which it was made
 * @param model who answered; null when nobody did or none was asked
 * @param output JSON; null unless done or skipped
 * @param error JSON; null unless it failed
 */
public record Attempt(
    String key,
    int number,
    int round,
    AttemptState state,
    @Nullable String model,
    @Nullable String output,
    @Nullable String error,
    Instant startedAt) {}
