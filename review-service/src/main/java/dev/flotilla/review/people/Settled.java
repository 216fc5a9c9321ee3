package dev.flotilla.review.people;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a question was answered.
 *
 * @param reviewId of the review that waited for it; null when none did
 * @param decidedBy {@code human} or {@code timeout}
 * @param actor the key of who decided; null when the deadline did
 * @param comment null when nobody wrote one
 */
public record Settled(
    String questionId,
    String queue,
    @Nullable String reviewId,
    String decision,
    String decidedBy,
    @Nullable String actor,
    @Nullable String comment,
    Instant decidedAt) {}
