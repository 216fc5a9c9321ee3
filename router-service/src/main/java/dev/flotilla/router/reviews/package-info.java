/**
 * The doors to review-service: judging, its policies, and what people decide. It passes on and
 * never looks inside. Start with {@link dev.flotilla.router.reviews.ReviewDoors}.
 */
@NullMarked
package dev.flotilla.router.reviews;

import org.jspecify.annotations.NullMarked;
