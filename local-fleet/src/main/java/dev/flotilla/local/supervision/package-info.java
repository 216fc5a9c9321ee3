/**
 * Decides what runs on a developer's machine: which programs, on which ports, in which order they
 * start and stop, and when a dead one comes back. Never decides anything about prompts, models or
 * money, and never ends a process that is not its own. Start at {@link
 * dev.flotilla.local.supervision.LocalFleet#start(FleetOptions)}.
 */
@NullMarked
package dev.flotilla.local.supervision;

import org.jspecify.annotations.NullMarked;
