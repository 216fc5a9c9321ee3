/**
 * How sure one may be of a model's answer, learned from answers that somebody audited. It never
 * sees texts, only weak signs of how good an answer is. Start with {@link
 * dev.flotilla.learning.confidence.ConfidenceModel}.
 */
@NullMarked
package dev.flotilla.learning.confidence;

import org.jspecify.annotations.NullMarked;
