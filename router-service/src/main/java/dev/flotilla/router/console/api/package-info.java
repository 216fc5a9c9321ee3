/**
 * The fleet's public API as the console asks it: through the same doors as everybody, with the
 * visitor's key. It never asks a service behind them. Start with {@link
 * dev.flotilla.router.console.api.FleetApi}.
 */
@NullMarked
package dev.flotilla.router.console.api;

import org.jspecify.annotations.NullMarked;
