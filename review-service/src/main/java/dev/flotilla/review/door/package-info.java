/**
 * How this service says over HTTP that something is wrong: RFC 9457 problems with a code and a
 * remedy. It never decides what is wrong. Start with {@link dev.flotilla.review.door.Problem}.
 */
@NullMarked
package dev.flotilla.review.door;

import org.jspecify.annotations.NullMarked;
