/**
 * How this service says over HTTP that something is wrong: RFC 9457 problems with a code and a
 * remedy. It never decides what is wrong. Start with {@link dev.flotilla.cost.door.Problem}.
 */
@NullMarked
package dev.flotilla.cost.door;

import org.jspecify.annotations.NullMarked;
