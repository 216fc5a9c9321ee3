/**
 * What Linux says about processes: the CPU they used, the memory they hold. Never decides what is
 * too much. Start at {@link dev.flotilla.bench.machine.ProcessFacts}.
 */
@NullMarked
package dev.flotilla.bench.machine;

import org.jspecify.annotations.NullMarked;
