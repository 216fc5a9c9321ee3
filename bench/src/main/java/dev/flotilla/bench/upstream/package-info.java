/**
 * A provider that does nothing but answer, as fast or as slowly as it is told. Decides what a
 * benchmark's upstream says, never whether that is right. Start at {@link
 * dev.flotilla.bench.upstream.Upstream}.
 */
@NullMarked
package dev.flotilla.bench.upstream;

import org.jspecify.annotations.NullMarked;
