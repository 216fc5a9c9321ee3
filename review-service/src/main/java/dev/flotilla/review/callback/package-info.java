/**
 * How whoever waits for a decision is told that it is there: an address from the configuration,
 * because this service does not know who waits. It never carries the decision itself. Start with
 * {@link dev.flotilla.review.callback.RunCallback}.
 */
@NullMarked
package dev.flotilla.review.callback;

import org.jspecify.annotations.NullMarked;
