/**
 * Callers of a benchmark: how many, how fast, and what they saw. Decides nothing about what is
 * good. Start at {@link dev.flotilla.bench.load.LoadGenerator}.
 */
@NullMarked
package dev.flotilla.bench.load;

import org.jspecify.annotations.NullMarked;
