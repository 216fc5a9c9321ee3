/**
 * Measures what a review takes beyond its slowest reviewer. It knows of the fleet what any caller
 * sees. Start at {@link dev.flotilla.bench.reviews.ReviewCost}.
 */
@NullMarked
package dev.flotilla.bench.reviews;

import org.jspecify.annotations.NullMarked;
