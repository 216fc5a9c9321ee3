/**
 * What is measured: the upstream itself, nginx in front of it, the fleet in front of it. Decides
 * how each is started, never what it is asked. Start at {@link dev.flotilla.bench.measured.Target}.
 */
@NullMarked
package dev.flotilla.bench.measured;

import org.jspecify.annotations.NullMarked;
