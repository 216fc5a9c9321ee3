/**
 * How well ways of combining findings do on recorded ones whose truth is known. What it fits for
 * some data it never fits on that data. Start with {@link
 * dev.flotilla.judgement.evaluation.ReviewEvaluation}; the method is in {@code
 * docs/reference/review-evaluation.md}.
 */
@NullMarked
package dev.flotilla.judgement.evaluation;

import org.jspecify.annotations.NullMarked;
