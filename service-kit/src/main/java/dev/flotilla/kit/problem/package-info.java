/**
 * What is wrong with a request to one of our own paths, as RFC 9457 tells it. It never decides what
 * is wrong. Start with {@link dev.flotilla.kit.problem.Problem}.
 */
@NullMarked
package dev.flotilla.kit.problem;

import org.jspecify.annotations.NullMarked;
