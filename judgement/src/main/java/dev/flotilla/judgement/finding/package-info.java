/**
 * Findings, and which of them are about the same thing. It never drops one and never weighs who
 * said it. Start with {@link dev.flotilla.judgement.finding.Merging}.
 */
@NullMarked
package dev.flotilla.judgement.finding;

import org.jspecify.annotations.NullMarked;
