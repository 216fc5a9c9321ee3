package dev.flotilla.router.pipeline.journal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which runs are listed, newest first.
 *
 * @param team null for those of all teams
 * @param pipeline null for any
 * @param status null for any
 * @param since admitted then or later; null for ever
 * @param after id of the last run of the page before; null for the first page
 * @param limit at least 1
 */
public record Selection(
    @Nullable String team,
    @Nullable String pipeline,
    @Nullable String status,
    @Nullable Instant since,
    @Nullable String after,
    int limit) {}
