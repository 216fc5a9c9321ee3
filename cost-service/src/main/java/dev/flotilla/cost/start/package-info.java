/**
 * What this service has one of, opened when it starts: its schema and its catalogue. It never knows
 * what they are used for. Start with {@link dev.flotilla.cost.start.CostParts}.
 */
@NullMarked
package dev.flotilla.cost.start;

import org.jspecify.annotations.NullMarked;
