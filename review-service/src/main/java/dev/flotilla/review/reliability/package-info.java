/**
 * How often reviewers were right, by what people and deterministic checks found later. It never
 * changes a decision: whoever trusts a reviewer more writes that into a policy. Start with {@link
 * dev.flotilla.review.reliability.Reliability}.
 */
@NullMarked
package dev.flotilla.review.reliability;

import org.jspecify.annotations.NullMarked;
