package dev.flotilla.review.people;

import org.jspecify.annotations.Nullable;

/**
 * Which of a team's questions are asked for: those that wait oldest first, all others newest first.
 *
 * @param queue null for all
 * @param status {@code waiting}, {@code decided} or {@code expired}; null for all
 * @param after id of the last question of the page before; null for the first page
 */
record QueuePage(
    @Nullable String queue, @Nullable String status, int limit, @Nullable String after) {}
