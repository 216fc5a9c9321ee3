package dev.flotilla.review.panel;

import org.jspecify.annotations.Nullable;

/**
 * Which of a team's reviews are asked for, newest first.
 *
 * @param status null for all
 * @param queue in which people were asked; null for all, also those that needed nobody
 * @param after id of the last review of the page before; null for the first page
 */
record Page(@Nullable String status, @Nullable String queue, int limit, @Nullable String after) {}
