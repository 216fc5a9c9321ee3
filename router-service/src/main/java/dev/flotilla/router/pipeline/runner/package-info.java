/**
 * Looks after runs: takes them up, goes on with them from what is written down, and puts them to
 * rest. It never knows what a step does. Start with {@link
 * dev.flotilla.router.pipeline.runner.Runners}.
 */
@NullMarked
package dev.flotilla.router.pipeline.runner;

import org.jspecify.annotations.NullMarked;
