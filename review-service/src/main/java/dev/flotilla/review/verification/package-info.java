/**
 * Deterministic checks of artifacts: what can be known needs no vote. It never decides a review,
 * never runs what it was given outside of a sandbox, and never calls a check passed that could not
 * be made. Start with {@link dev.flotilla.review.verification.Verifiers}.
 */
@NullMarked
package dev.flotilla.review.verification;

import org.jspecify.annotations.NullMarked;
