/**
 * Does what pipelines say. What comes next follows from the definition and from what is written
 * down, never from a clock or from chance, so that a run can be gone on with anywhere. It never
 * looks after the queue. Start with {@link dev.flotilla.router.pipeline.interpreter.Interpreter}.
 */
@NullMarked
package dev.flotilla.router.pipeline.interpreter;

import org.jspecify.annotations.NullMarked;
