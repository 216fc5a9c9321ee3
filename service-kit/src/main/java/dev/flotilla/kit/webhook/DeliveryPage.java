package dev.flotilla.kit.webhook;

import org.jspecify.annotations.Nullable;

/**
 * Which of a team's messages are asked for, newest first.
 *
 * @param target null for all
 * @param status {@code pending}, {@code delivered} or {@code failed}; null for all
 * @param after id of the last message of the page before; null for the first page
 */
public record DeliveryPage(
    @Nullable String target, @Nullable String status, int limit, @Nullable String after) {}
