/**
 * What the fleet costs beside what it stands in front of, measured in one run, because the machine
 * is never twice the same. Decides which samples are taken and how they are told, never what is
 * good enough. Start at {@link dev.flotilla.bench.Bench}.
 */
@NullMarked
package dev.flotilla.bench;

import org.jspecify.annotations.NullMarked;
