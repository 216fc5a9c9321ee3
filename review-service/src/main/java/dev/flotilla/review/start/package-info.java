/**
 * Puts this service together when it starts. It never knows what becomes of its parts. Start with
 * {@link dev.flotilla.review.start.ReviewParts}.
 */
@NullMarked
package dev.flotilla.review.start;

import org.jspecify.annotations.NullMarked;
