/**
 * Review policies as they are written in files: how large a panel is, how independent, and how many
 * must agree. It never judges anything itself. Start with {@link
 * dev.flotilla.review.policy.Policy}.
 */
@NullMarked
package dev.flotilla.review.policy;

import org.jspecify.annotations.NullMarked;
