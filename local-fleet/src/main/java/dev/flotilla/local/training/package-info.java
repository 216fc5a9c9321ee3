/**
 * Decides when the JVMs of the services learn to start faster, and rehearses it: a fleet of its own
 * with the simulator, at the lowest priority, once per build. Never touches a running fleet, its
 * data or a provider that costs money. Start at {@link
 * dev.flotilla.local.training.BackgroundTraining#start}.
 */
@NullMarked
package dev.flotilla.local.training;

import org.jspecify.annotations.NullMarked;
