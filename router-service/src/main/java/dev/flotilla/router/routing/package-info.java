/**
 * Which models are asked, in which order, for a kind of task. It never calls one. Start with {@link
 * dev.flotilla.router.routing.RoutePolicy}.
 */
@NullMarked
package dev.flotilla.router.routing;

import org.jspecify.annotations.NullMarked;
