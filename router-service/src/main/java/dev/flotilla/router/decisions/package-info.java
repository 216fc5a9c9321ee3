/**
 * Carries the router's decisions to cost-service, behind the requests' backs. It never decides
 * anything, never makes a request wait and never fails one. Start with {@link
 * dev.flotilla.router.decisions.DecisionLog}.
 */
@NullMarked
package dev.flotilla.router.decisions;

import org.jspecify.annotations.NullMarked;
