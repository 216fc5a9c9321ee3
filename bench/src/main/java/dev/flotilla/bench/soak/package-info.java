/**
 * Holds the fleet under a steady load and watches its memory. Decides when memory grows, and
 * nothing about speed. Start at {@link dev.flotilla.bench.soak.Soak}.
 */
@NullMarked
package dev.flotilla.bench.soak;

import org.jspecify.annotations.NullMarked;
