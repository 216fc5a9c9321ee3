/**
 * Whether there is memory for one more request. It never waits, and never looks at how much garbage
 * there is. Start with {@link dev.flotilla.kit.heap.HeapRoom}.
 */
@NullMarked
package dev.flotilla.kit.heap;

import org.jspecify.annotations.NullMarked;
