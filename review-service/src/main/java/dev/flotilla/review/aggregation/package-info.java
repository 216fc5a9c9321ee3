/**
 * From opinions to a decision, by policy and by nothing else: no clock, no network, no chance. It
 * never drops a dissent or a blocker. Start with {@link
 * dev.flotilla.review.aggregation.Aggregation}.
 */
@NullMarked
package dev.flotilla.review.aggregation;

import org.jspecify.annotations.NullMarked;
