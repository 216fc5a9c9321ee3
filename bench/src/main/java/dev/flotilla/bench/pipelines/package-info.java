/**
 * Measures what a step of a durable run costs beside the call it makes, by sending the same calls
 * as runs and as chat requests. It knows of the fleet what any caller sees, and its processes.
 * Start at {@link dev.flotilla.bench.pipelines.StepCost}.
 */
@NullMarked
package dev.flotilla.bench.pipelines;

import org.jspecify.annotations.NullMarked;
