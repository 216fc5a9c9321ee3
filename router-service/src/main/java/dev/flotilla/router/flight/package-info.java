/**
 * One upstream call for requests that are the same and there at the same time, over all routers,
 * and a short memory of those that just failed. It never makes anybody wait longer than their own
 * deadline, and without Redis it still joins what one router has. Start with {@link
 * dev.flotilla.router.flight.Flights}.
 */
@NullMarked
package dev.flotilla.router.flight;

import org.jspecify.annotations.NullMarked;
