/**
 * Reads a trace from the viewer and shows it as text. Decides which facts of a span a person wants
 * to see; never starts anything. Start at {@link dev.flotilla.local.trace.TraceReport}.
 */
@NullMarked
package dev.flotilla.local.trace;

import org.jspecify.annotations.NullMarked;
