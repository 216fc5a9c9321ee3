/**
 * What this service says over HTTP when its database is away. It never decides about a review.
 * Start with {@link dev.flotilla.review.door.DatabaseAwayMapper}.
 */
@NullMarked
package dev.flotilla.review.door;

import org.jspecify.annotations.NullMarked;
