/**
 * How many requests of each kind of work are answered at once, so that a flood of one kind leaves
 * room for the others. It never asks anybody and never knows a key. Start with {@link
 * dev.flotilla.router.lanes.Lanes}.
 */
@NullMarked
package dev.flotilla.router.lanes;

import org.jspecify.annotations.NullMarked;
