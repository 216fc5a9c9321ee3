/**
 * What this service has one of, opened when it starts: its schema. It never knows what it is used
 * for. Start with {@link dev.flotilla.review.start.ReviewParts}.
 */
@NullMarked
package dev.flotilla.review.start;

import org.jspecify.annotations.NullMarked;
