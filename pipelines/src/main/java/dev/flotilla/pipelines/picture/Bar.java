package dev.flotilla.pipelines.picture;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a step, as a waterfall shows it.
 *
 * @param item which of a list, in words; null for a step that is done once
 * @param attempt from 1
 * @param startedAt null when it has not begun
 * @param duration null when it has not ended
 * @param status in the words of the API: {@code completed}, {@code failed}, {@code in_progress},
 *     {@code waiting}, {@code skipped}, {@code cancelled}
 * @param costNanos null when it is not known
 */
public record Bar(
    String step,
    @Nullable String item,
    int attempt,
    @Nullable Instant startedAt,
    @Nullable Duration duration,
    String status,
    @Nullable Long costNanos) {}
