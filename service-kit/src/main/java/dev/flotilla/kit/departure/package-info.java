/**
 * How a process leaves without failing anybody: it says so first, answers on for a while, and goes
 * when nobody is inside. It never refuses a request and never cuts one; services do that with what
 * is left after it. Start with {@link dev.flotilla.kit.departure.Departure}.
 */
@NullMarked
package dev.flotilla.kit.departure;

import org.jspecify.annotations.NullMarked;
